@echo off
rem Starts the command line. Requires Java 17 or later, in JAVA_HOME or else on the path.
rem TUNNEL_JAVA_OPTS contains additional options for Java, separated by spaces.
rem Unlike the launcher for other systems, this one leaves secrets in Java's arguments, because cmd
rem cannot parse arguments safely. Use --api-key-file or TUNNEL_API_KEY instead.
setlocal
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" -Xlog:disable -Xlog:all=error:stderr %TUNNEL_JAVA_OPTS% -cp "%~dp0..\lib\*" io.github.devicetunnel.cli.Main %*
exit /b %ERRORLEVEL%
