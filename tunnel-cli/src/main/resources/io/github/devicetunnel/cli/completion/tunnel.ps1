# Completion of tunnel for PowerShell 5.1 or later. Without completions, PowerShell offers files.
Register-ArgumentCompleter -Native -CommandName tunnel, tunnel.cmd -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Each line: command, next word, what follows the word, description.
    $rows = @'
@TABLE@
'@ -split '\r?\n' | ForEach-Object { , ($_ -split '\|', 4) }

    $program = $commandAst.GetCommandName()
    function Get-Name([string[]] $Arguments) {
        # In arguments of tunnel.cmd, these characters would be instructions.
        if (-not ($Arguments -match '[&|<>^%"!\r\n]')) {
            & $program completion names @Arguments 2>$null |
                Where-Object { $_ -cmatch '^[A-Za-z0-9._-]+\z' }
        }
    }

    # Words before the current one, without quotes (34, 39).
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            ForEach-Object { $_.Extent.Text.Trim([char[]]@(34, 39)) })
    if ($words -ccontains '--') { return }

    $command = ''
    foreach ($word in $words) {
        $known = $rows | Where-Object { $_[0] -ceq $command -and $_[1] -ceq $word -and $_[2] -ceq 'command' }
        if (-not $known) { break }
        $command = "$command $word".Trim()
    }

    $option = ''
    $device = @()
    $settings = @()
    foreach ($word in $words) {
        $full = $option + $word
        $option = ''
        if ($full -cmatch '^--(config|profile|device)\z') { $option = "$full=" }
        elseif ($full -cmatch '^--(config|profile)=') { $settings += $full }
        elseif ($full -cmatch '^--device=(.+)') { $device = @($Matches[1]) }
    }

    # The word consists of a part to keep and a part to complete.
    $keep = ''
    $typed = $wordToComplete
    $name = if ($words) { $words[-1] } else { '' }
    if ($wordToComplete -cmatch '^(-[^=]+)=(.*)') {
        $name = $Matches[1]
        $keep = "$name="
        $typed = $Matches[2]
    }
    $row = $rows | Where-Object { $_[0] -ceq $command -and $_[1] -ceq $name } | Select-Object -First 1
    $follows = if ($row) { $row[2] } else { '' }
    $candidates = @()
    switch -Regex -CaseSensitive ($follows) {
        '^devices$' { $candidates = Get-Name (@('devices') + $settings) }
        '^services$' { $candidates = Get-Name (@('services') + $device + $settings) }
        '^profiles$' { $candidates = Get-Name (@('profiles') + $settings) }
        '^target$' {
            if ($typed -cmatch '^(.*=)([^=/]+)/') {
                $keep += $Matches[0]
                $typed = $typed.Substring($Matches[0].Length)
                $candidates = Get-Name (@('services', $Matches[2]) + $settings)
            }
            elseif ($typed -cmatch '^.*=') {
                $keep += $Matches[0]
                $typed = $typed.Substring($Matches[0].Length)
                $candidates = Get-Name (@('devices') + $settings) | ForEach-Object { "$_/" }
            }
        }
        '^=' { $candidates = $follows.Substring(1) -split ' ' }
        '^(|flag|command|word)$' {
            $rows | Where-Object {
                $_[0] -ceq $command -and $_[1].StartsWith($wordToComplete, 'Ordinal') -and
                ($_[2] -cnotmatch '^(command|word)$' -or ($words -join ' ') -ceq $command)
            } | ForEach-Object {
                $type = if ($_[1].StartsWith('-')) { 'ParameterName' } else { 'ParameterValue' }
                [System.Management.Automation.CompletionResult]::new($_[1], $_[1], $type, $_[3])
            }
        }
    }
    $candidates | Where-Object { $_ -and $_.StartsWith($typed, 'Ordinal') } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new("$keep$_", $_, 'ParameterValue', $_)
    }
}
