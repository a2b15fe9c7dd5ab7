import type { INameRules } from '../model/variableName';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** The rules of R's names: ?Reserved and ?make.names. */
export const R_NAMES: INameRules = {
  displayName: 'R',
  // Dots and digits have their ways: .1x is a number and an x.
  pattern: /^(?:\p{L}|\.(?![0-9]))[\p{L}\p{M}\p{Nd}._]*$/u,
  reserved: words(`
    if else repeat while function for next break TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_
    NA_complex_ NA_character_ in ...
  `),
  builtins: words(`
    T F pi letters LETTERS month.name month.abb c t q df data file files list matrix vector names length
    max min mean median sum range sd var read table print paste plot hist lm apply sapply lapply which
  `)
};
