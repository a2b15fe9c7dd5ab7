import type { INameRules } from '../model/variableName';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** `keyword.kwlist` of Python 3.13. */
const KEYWORDS = words(`
  False None True and as assert async await break class continue def del elif else except finally for
  from global if import in is lambda nonlocal not or pass raise return try while with yield
`);

/** `dir(builtins)` of Python 3.13 without exceptions and dunders, and what IPython adds. */
const BUILTINS = words(`
  abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile
  complex copyright credits delattr dict dir display divmod enumerate eval exec exit filter float
  format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len
  license list locals map max memoryview min next object oct open ord pow print property quit range
  repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip
  Ellipsis Exception NotImplemented In Out get_ipython resolve_dids _ __ ___
`);

/** The rules of Python's names: https://docs.python.org/3/reference/lexical_analysis.html#identifiers */
export const PYTHON_NAMES: INameRules = {
  displayName: 'Python',
  pattern: /^[\p{XID_Start}_]\p{XID_Continue}*$/u,
  reserved: KEYWORDS,
  builtins: BUILTINS
};
