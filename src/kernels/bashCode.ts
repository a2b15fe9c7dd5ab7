import { bashString } from './bashSnippets';
import { base64 } from './hiddenRun';
import { type IEntry, linesOf, NOWHERE } from './stringEntries';

/**
 * What a bash is asked to run: `put` or `take` a variable, named in the second word.
 *
 * A file is a string, a collection an array. Its own words are positions and one odd name, so that no
 * variable of the user's is in its way, whatever that is called. bash 4.4 or later, and base64.
 *
 * The exit status is the answer, since a bash has nothing else to say that nobody sees.
 */
const CODE = String.raw`_rucio_attach() {
  local - _rucio_list=() _rucio_lines=() _rucio_line _rucio_path _rucio_file _rucio_why
  set +eux
  unset -f _rucio_attach
  # As if it had not been typed.
  history -d -1 2>/dev/null
  case $3 in
    list)
      # The server's own lines: path, pfn, did and size, in this order.
      [[ -r $4 ]] || return 4
      if [[ -z $7 ]] && ! LC_ALL=C grep -q -e '\\' -e '^{"path":null,' "$4"; then
        # Where all is plain, at once: a loop takes ten times as long.
        mapfile -t _rucio_list < <(LC_ALL=C sed -e 's/^{"path":"//' -e 's/","pfn":.*//' "$4")
      else
        mapfile -t _rucio_lines < <(if [[ -n $7 ]]; then base64 -d <<<"$7"; else cat "$4"; fi)
      fi
      for _rucio_line in "$\{_rucio_lines[@]}"; do
        _rucio_file=
        if [[ $_rucio_line == '{"path":null,'* ]]; then
          _rucio_path=$\{_rucio_line#*'"did":"'}
          _rucio_path=$6$\{_rucio_path%%'","size":'*}' is not available'
          _rucio_why=$\{_rucio_line#*',"message":"'}
          if [[ $_rucio_why != "$_rucio_line" ]]; then
            _rucio_why=$\{_rucio_why%%'","expected":'*}
            _rucio_path+=': '$\{_rucio_why%\"\}}
          fi
          if [[ $_rucio_line == *',"expected":"'* ]]; then
            _rucio_file=$\{_rucio_line##*',"expected":"'}
            _rucio_file=$\{_rucio_file%\"\}}
            _rucio_why=$\{_rucio_line##*'","size":'}
            _rucio_why=$\{_rucio_why%%,*}
          fi
        else
          _rucio_path=$\{_rucio_line#'{"path":"'}
          _rucio_path=$\{_rucio_path%%'","pfn":'*}
        fi
        # What JSON escapes, a format of printf reads the same way.
        [[ $_rucio_path != *\\* ]] || printf -v _rucio_path -- "$\{_rucio_path//%/%%}"
        [[ $_rucio_file != *\\* ]] || printf -v _rucio_file -- "$\{_rucio_file//%/%%}"
        # Of some, only a look tells whether they are there.
        if [[ -n $_rucio_file && $(stat -c %s -- "$_rucio_file" 2>/dev/null) == "$_rucio_why" ]]; then
          _rucio_path=$_rucio_file
        fi
        _rucio_list+=("$_rucio_path")
      done
      ;;
    *) mapfile -d '' -t _rucio_list < <(base64 -d <<<"$4") ;;
  esac
  (( $\{#_rucio_list[@]} == $5 )) || return 5
  if [[ $1 == take ]]; then
    declare -p "$2" >/dev/null 2>&1 || return 0
    eval "_rucio_line=\"\$\{$2[*]@Q}\""
    [[ $_rucio_line != "$\{_rucio_list[*]@Q}" ]] || unset -v "$2"
    return 0
  fi
  unset -v "$2" 2>/dev/null || return 3
  if [[ $3 == file ]]; then
    printf -v "$2" %s "$\{_rucio_list[0]}" || return 3
  else
    declare -ga "$2=()" && eval "$2=(\"\$\{_rucio_list[@]}\")" || return 3
  fi
}
`.replace(/\$\\\{/g, '${');

/** What the exit statuses mean. */
export const BASH_PROBLEMS: Readonly<Record<string, string>> = {
  3: 'bash does not let the variable be set.',
  4: 'The list of files cannot be read here.',
  5: 'The list of files is not complete.'
};

/** The code that sets a variable, or takes it away if it still holds what was set. */
export function bashCode(action: 'put' | 'take', entry: IEntry): string {
  const { name, type, files, manifest } = entry;
  const lines = linesOf(entry);
  const count = files?.length ?? manifest?.count ?? 0;
  const words =
    lines !== null
      ? ['list', '/dev/null', count, NOWHERE, base64(lines)]
      : files === null && manifest !== null
        ? ['list', bashString(manifest.path), count, NOWHERE, "''"]
        : [
            type === 'file' ? 'file' : 'paths',
            `'${base64((files ?? []).map(({ path }) => `${path}\0`).join(''))}'`,
            count
          ];
  const script = `${CODE}_rucio_attach ${action} ${name} ${words.join(' ')}`;
  return `eval "$(base64 -d <<<'${base64(script)}')"`;
}
