import type { IVariable } from './kernel';

/** What keeps a message well below the websocket's limit of 10 MiB. */
const MAX_FILES_PER_MESSAGE = 5000;

/** Divides variables so that each part fits into a message. */
export function* parts(
  variables: readonly IVariable[]
): Generator<IVariable[]> {
  let part: IVariable[] = [];
  let files = 0;
  for (const variable of variables) {
    const count = variable.files?.length ?? 0;
    if (part.length > 0 && files + count > MAX_FILES_PER_MESSAGE) {
      yield part;
      part = [];
      files = 0;
    }
    part.push(variable);
    files += count;
  }
  if (part.length > 0) {
    yield part;
  }
}
