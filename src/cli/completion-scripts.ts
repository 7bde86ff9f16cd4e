// What a shell has to know to ask us: one small script each; the words themselves come from the program.

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The command that the scripts ask; words follow, candidates come one per line, their meaning behind a tab. */
export const completeCommand = '__complete';

const bash = `# lanlord(8) completion for bash: eval "$(lanlord completion bash)"
_lanlord() {
  local current="\${COMP_LINE:0:COMP_POINT}" words word IFS=$' \\t\\n'
  read -r -a words <<< "$current"
  [[ "$current" == *[[:space:]] ]] && words+=("")
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <("\${words[0]}" ${completeCommand} "\${words[@]:1}" 2>/dev/null)
  # Readline splits at colons: what stands before the last one is there already.
  local typed="\${words[-1]}"
  if [[ "$typed" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
    local before="\${typed%"\${typed##*:}"}" i
    for i in "\${!COMPREPLY[@]}"; do COMPREPLY[i]="\${COMPREPLY[i]#"$before"}"; done
  fi
}
complete -o default -F _lanlord lanlord
`;

const zsh = `#compdef lanlord
# lanlord(8) completion for zsh: eval "$(lanlord completion zsh)", or this file as _lanlord in $fpath
_lanlord() {
  local -a lines described
  local line
  lines=("\${(@f)$(\${words[1]} ${completeCommand} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#described )); then _describe 'lanlord' described; else _files; fi
}
if [[ $funcstack[1] == _lanlord ]]; then _lanlord "$@"; else compdef _lanlord lanlord; fi
`;

const fish = `# lanlord(8) completion for fish: lanlord completion fish | source
function __lanlord_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] ${completeCommand} $words[2..-1] 2>/dev/null
end
complete -c lanlord -a '(__lanlord_complete)'
`;

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
