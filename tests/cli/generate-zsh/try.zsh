# try.zsh LINE PATTERN...: lists what zsh offers at the end of the line and complains of patterns that it does not match.
zmodload zsh/zpty
line=$1
shift
zpty z 'TERM=dumb zsh -f -i'
zpty -w z "PS1='> '; stty cols 200 rows 400; fpath=($PWD/functions \$fpath); autoload -Uz compinit; compinit -D -u"
zpty -w z "bindkey '^I' list-choices; LISTMAX=0; print RE''ADY"
zpty -r -m z seen '*READY*' || exit
zpty -w -n z "$line"$'\t'
shown=
for i in {1..200}; do
    while zpty -r -t z chunk; do shown+=${chunk//[$'\r\n']/ }; done
    missing=()
    for pattern; do [[ $shown == *${~pattern}* ]] || missing+=$pattern; done
    (($#missing)) || break
    sleep 0.1
done
zpty -d z
(($#missing == 0)) || print -ru2 -- "$line: no ${(j:, :)missing} in" "$shown"
