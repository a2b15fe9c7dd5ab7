import { ANSWER_TYPE, type IRequest } from './codeLink';
import { base64 } from './hiddenRun';
import { NOWHERE } from './stringEntries';

/**
 * What a JavaScript kernel is asked to run, with `encoded`, `type`, `nowhere` and `fs` (Node's)
 * around it. For Deno, and for kernels on Node.js.
 */
const CODE = String.raw`
  // Under a symbol, which no name of the user's can meet.
  const key = Symbol.for("rucio.attached");
  if (!globalThis[key]) Object.defineProperty(globalThis, key, { value: new Map() });
  const ours = globalThis[key];

  // By evaluating the name, since "let" and "const" make variables that no object has.
  const everywhere = globalThis.eval;
  const get = (name) => everywhere("typeof " + name) === "undefined" ? undefined : everywhere(name);
  const set = (name, value) => everywhere("(value) => { " + name + " = value; }")(value);

  class NotAvailableError extends Error {
    name = "NotAvailableError";
  }

  const unavailable = (entry) => {
    const shown = { did: entry.did, didAvailable: false, message: entry.problem };
    const refuse = () => {
      throw new NotAvailableError(entry.problem);
    };
    return new Proxy(shown, {
      // What shows an object or waits for one asks for these, and is told "no" in the usual way.
      get: (target, name) =>
        name in target ? target[name]
          : name === "then" || (typeof name === "symbol" && name !== Symbol.iterator && name !== Symbol.toPrimitive)
          ? undefined
          : refuse(),
      set: refuse,
      apply: refuse,
    });
  };

  const line = (text) => text.replace(/\s+/g, " ");
  const isThere = (path, size) => fs.statSync(path, { throwIfNoEntry: false })?.size === size;
  const pathOf = ({ path, did, size, message, expected }) =>
    expected && isThere(expected, size)
      ? expected
      : path ?? nowhere + line(did + " is not available" + (message ? ": " + message : ""));

  const filesOf = (entry) => {
    if (entry.files) return entry.files;
    const { path, count } = entry.manifest;
    const lines = fs.readFileSync(path, "utf8").split("\n");
    if (lines[lines.length - 1] === "") lines.pop();
    if (lines.length !== count) throw new Error("the list of files is not complete");
    return lines.map((text) => JSON.parse(text));
  };

  const made = (entry) => {
    if (entry.problem !== null) return unavailable(entry);
    const files = filesOf(entry);
    const paths = files.map(pathOf);
    if (entry.type === "file") return paths[0];
    // Beside the paths, where no loop finds them.
    return Object.defineProperties(paths, {
      did: { value: entry.did },
      files: { value: files },
    });
  };

  const put = (entry) => {
    const value = made(entry);
    set(entry.name, value);
    if (get(entry.name) !== value) throw new Error("it did not keep the value");
    ours.set(entry.name, value);
  };

  const take = (name) => {
    const value = ours.get(name);
    ours.delete(name);
    if (value === undefined) return;
    const isOurs = get(name) === value;
    if (globalThis[name] === value) delete globalThis[name];
    // One that the user has declared can be emptied only.
    if (isOurs && get(name) === value) set(name, undefined);
  };

  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const request = JSON.parse(new TextDecoder().decode(bytes));
  const answer = { variable_names: [], problems: {} };
  for (const entry of request.dids) {
    try {
      put(entry);
      answer.variable_names.push(entry.name);
    } catch (error) {
      answer.problems[entry.name] = "JavaScript says: " + error.message;
    }
  }
  request.variable_names.forEach(take);
  // As an error, which comes with the reply; what Deno displays may come after the next cell has begun.
  throw Object.assign(new Error(JSON.stringify(answer)), { name: type });
`;

/** The code for Deno, which waits for promises. */
export function denoCode(request: IRequest): string {
  return wrapped(
    request,
    'await (async (fs, encoded, type, nowhere) => {',
    '})(await import("node:fs")'
  );
}

/** The code for kernels on Node.js. */
export function nodeCode(request: IRequest): string {
  return wrapped(
    request,
    '((fs, encoded, type, nowhere) => {',
    '})(require("fs")'
  );
}

function wrapped(request: IRequest, begin: string, end: string): string {
  const values = [base64(JSON.stringify(request)), ANSWER_TYPE, NOWHERE];
  return `${begin}${CODE}${end}, ${values.map(value => `"${value}"`).join(', ')});`;
}
