@echo off
rem Starts the command line. Needs Java 17 or later: JAVA_HOME's, else the one on the path.
rem TUNNEL_JAVA_OPTS holds further options for Java, separated by spaces.
rem Unlike the launcher for other systems this one leaves secrets among Java's arguments, because
rem cmd cannot take an argument apart without harm: use --api-key-file or TUNNEL_API_KEY.
setlocal
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" -Xlog:disable -Xlog:all=error:stderr %TUNNEL_JAVA_OPTS% -cp "%~dp0..\lib\*" io.github.devicetunnel.cli.Main %*
exit /b %ERRORLEVEL%
