import type { INameRules } from '../model/variableName';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** The rules of bash's names, and those that bash does not let be set or that it lives by. */
export const BASH_NAMES: INameRules = {
  displayName: 'bash',
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  reserved: words(`
    BASH BASHOPTS BASHPID BASH_VERSINFO EUID PPID SHELLOPTS UID FUNCNAME GROUPS DIRSTACK PIPESTATUS
    PATH IFS HOME PWD OLDPWD SHELL PS0 PS1 PS2 PS4 PROMPT_COMMAND BASH_ENV ENV CDPATH _
  `),
  builtins: words(`
    LANG LC_ALL USER LOGNAME HOSTNAME TERM TMPDIR PAGER EDITOR RANDOM SECONDS LINENO REPLY OPTARG OPTIND
    HISTFILE HISTSIZE LINES COLUMNS
  `)
};
