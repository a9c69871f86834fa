# Completes names of devices, services and profiles, which the program prints. Fails if the
# current word does not accept a name. For bash 3.2 or later, and zsh.
function _tunnel_names() {
  local line=${COMP_LINE:0:$COMP_POINT} option='' device='' suffix='' word value kind typed keep
  local program=${COMP_WORDS[0]} name
  COMPREPLY=()
  set --
  while [[ $line == *[[:space:]]* ]]; do
    word=${line%%[[:space:]]*}
    line=${line#*[[:space:]]}
    [[ -n $word ]] || continue
    # All words after this one belong to another program.
    [[ $word != -- ]] || return 0
    word=$option${word//[\\\"\']/}
    option=''
    value=${word#*=}
    case $word in
      --config | --profile | --device | --service | -L) option=$word= ;;
      --config=\~/*) set -- "$@" "--config=$HOME/${value#*/}" ;;
      --config=* | --profile=*) set -- "$@" "$word" ;;
      --device=*) device=$value ;;
    esac
  done

  word=$option$line
  typed=${word##*=}
  case $word in
    --device=*) kind=devices device='' ;;
    --service=*) kind=services ;;
    --profile=*) kind=profiles device='' ;;
    -L=*=*/*) kind=services device=${typed%%/*} typed=${typed#*/} ;;
    -L=*=*) kind=devices device='' suffix=/ ;;
    *) return 1 ;;
  esac
  keep=${line%"$typed"}
  # Bash replaces only the text after this character.
  [[ ${COMP_WORDBREAKS-} != *=* ]] || keep=${keep##*=}
  if [[ -n ${BASH_VERSION-} ]]; then
    compopt +o default ${suffix:+-o nospace} 2>/dev/null
  fi
  [[ $program != \~/* ]] || program=$HOME/${program#*/}
  while IFS= read -r name; do
    name=${name%$'\r'}
    case $name in
      '' | *[!A-Za-z0-9._-]*) ;;
      "$typed"*) COMPREPLY+=("$keep$name$suffix") ;;
    esac
  done <<<"$("$program" completion names "$kind" ${device:+"$device"} "$@" </dev/null 2>/dev/null)"
  return 0
}

if [ -n "$ZSH_VERSION" ]; then
  # In zsh, only the call of _bash_complete can suppress the space after a completion.
  function _tunnel_zsh() {
    if [[ ${words[CURRENT-1]} == -L && $PREFIX == *=* && ${PREFIX##*=} != */* ]]; then
      _bash_complete -o nospace -o default -F _complete_tunnel
    else
      _bash_complete -o default -F _complete_tunnel
    fi
  }
  compdef _tunnel_zsh tunnel
fi
