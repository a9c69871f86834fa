# Completion of tunnel for fish 3.1 or later.

# Succeeds if the command line consists of a command so far.
function __tunnel_is
    set -l words (commandline -opc)
    set -e words[1]
    test "$words" = "$argv"
end

# Succeeds if the command line begins with a command and contains none of another program.
function __tunnel_in
    set -l words (commandline -opc)
    set -e words[1]
    contains -- -- $words
    and return 1
    if set -q argv[1]
        set -l end (count $argv)
        test "$words[1..$end]" = "$argv"
    else
        not set -q words[1]
        or string match -q -- '-*' $words[1]
    end
end

# Prints names: __tunnel_names devices|services|profiles [DEVICE]
function __tunnel_names
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    set -l option ''
    set -l device
    set -l settings
    for word in $words[2..-1]
        set word $option$word
        set option ''
        switch $word
            case --config --profile --device
                set option $word=
            case '--config=*' '--profile=*'
                set settings $settings (string replace -r '=~/' =$HOME/ -- $word)
            case '--device=*'
                set device (string replace -- --device= '' $word)
        end
    end
    if test "$argv" = services
        set argv services $device
    end
    $program completion names $argv $settings </dev/null 2>/dev/null | string match -r '^[A-Za-z0-9._-]+$'
end

# Prints the values of -L with a device or with a device and a service.
function __tunnel_targets
    set -l token (commandline -ct)
    if set -l parts (string match -r '^(.*=)([^=/]+)/' -- $token)
        string join \n -- $parts[1](__tunnel_names services $parts[3])
    else if set -l parts (string match -r '^.*=' -- $token)
        string join \n -- $parts[1](__tunnel_names devices)/
    end
end

complete -c tunnel -n 'not contains -- -- (commandline -opc)' -f
