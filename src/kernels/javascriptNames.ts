import type { INameRules } from '../model/variableName';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** The rules of JavaScript's names: https://tc39.es/ecma262/#prod-IdentifierName */
export const JAVASCRIPT_NAMES: INameRules = {
  displayName: 'JavaScript',
  pattern: /^[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*$/u,
  reserved: words(`
    await break case catch class const continue debugger default delete do else enum export extends false
    finally for function if import in instanceof new null return super switch this throw true try typeof
    var void while with yield let static implements interface package private protected public arguments
    eval undefined NaN Infinity globalThis
  `),
  builtins: words(`
    Array Boolean Date Deno Error Function JSON Map Math Number Object Promise Proxy Reflect RegExp Set
    String Symbol console crypto fetch module name performance process require self window
  `)
};
