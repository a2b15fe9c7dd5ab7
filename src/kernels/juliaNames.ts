import type { INameRules } from '../model/variableName';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** The rules of Julia's names: https://docs.julialang.org/en/v1/manual/variables/ */
export const JULIA_NAMES: INameRules = {
  displayName: 'Julia',
  pattern: /^[\p{L}\p{Nl}\p{So}\p{Sc}_][\p{L}\p{M}\p{N}\p{So}\p{Sc}_!]*$/u,
  reserved: words(`
    baremodule begin break catch const continue do else elseif end export false finally for function
    global if import in isa let local macro module outer quote return struct true try using where while
    ccall _ __
  `),
  builtins: words(`
    Base Core Main In Out ans Inf NaN pi im nothing missing undef print println length size map filter
    sum maximum minimum open read write string String Vector Array Dict Set Int Float64 collect first last
  `)
};
