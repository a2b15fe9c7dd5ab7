import { ANSWER_TYPE } from './codeLink';
import { hexadecimal } from './hiddenRun';
import { type IEntry, linesOf, NOWHERE } from './stringEntries';

/**
 * What a Julia kernel is asked to run, with `act` (`put` or `take`), `answer`, `name`, `isone`, `given`, `list`, `inline`,
 * `count` and `nowhere` before it. Base only, in a block of its own.
 *
 * It always ends with an error, whose text is the answer: that way it changes neither `ans` nor what is
 * displayed. An empty text is a success.
 */
const CODE = String.raw`
    texts(digits) = String.(split(String(hex2bytes(digits)), '\0')[1:end-1])
    field(line, key) = begin
        found = match(Regex("\"" * key * "\":\"((?:[^\"\\\\]|\\\\.)*)\""), line)
        found === nothing ? nothing : unescape_string(found.captures[1])
    end
    function pathin(line)
        path = field(line, "path")
        path === nothing || return path
        # Of some, only a look tells whether they are there.
        expected = field(line, "expected")
        size = match(r"\",\"size\":([0-9]+)", line)
        if expected !== nothing && size !== nothing && isfile(expected)
            filesize(expected) == parse(Int, size.captures[1]) && return expected
        end
        why = field(line, "message")
        nowhere * field(line, "did") * " is not available" * (why === nothing ? "" : ": " * why)
    end
    function value()
        list == "" && inline == "" && return isone ? texts(given)[1] : texts(given)
        lines = list == "" ? split(texts(inline)[1], '\n'; keepempty = false) : readlines(texts(list)[1])
        length(lines) == count || error("The list of files is not complete.")
        String[pathin(line) for line in lines]
    end
    now() = Base.invokelatest(isdefined, Main, name) ? Base.invokelatest(getfield, Main, name) : nothing
    problem = try
        made = value()
        if act == "put"
            Core.eval(Main, Expr(:(=), name, made))
            now() === made ? "" : "Julia did not keep the value."
        else
            # A name cannot be taken away, only what it holds.
            now() == made && Core.eval(Main, Expr(:(=), name, nothing))
            ""
        end
    catch reason
        sprint(showerror, reason)
    end
    throw(ErrorException(answer * ": " * problem))
end`;

/** The code that sets a variable, or empties it if it still holds what was set. */
export function juliaCode(action: 'put' | 'take', entry: IEntry): string {
  const { name, type, files, manifest } = entry;
  const lines = linesOf(entry);
  const isList = files === null && manifest !== null;
  const values = [
    `act = "${action}"`,
    `answer = "${ANSWER_TYPE}"`,
    `name = Symbol(String(hex2bytes("${hexadecimal([name]).slice(0, -2)}")))`,
    `isone = ${type === 'file'}`,
    `given = "${hexadecimal((files ?? []).map(({ path }) => path))}"`,
    `list = "${isList ? hexadecimal([manifest.path]) : ''}"`,
    `inline = "${lines === null ? '' : hexadecimal([lines])}"`,
    `count = ${files?.length ?? manifest?.count ?? 0}`,
    `nowhere = "${NOWHERE}"`
  ];
  return `let ${values.join(', ')}${CODE}`;
}
