import { ANSWER_TYPE } from './codeLink';
import { hexadecimal } from './hiddenRun';
import { type IEntry, linesOf, NOWHERE } from './stringEntries';

/** What the code needs, and what a kernel may have included already. */
export const CPP_HEADERS = `${[
  'fstream',
  'iostream',
  'stdexcept',
  'string',
  'vector'
]
  .map(header => `#include <${header}>`)
  .join('\n')}
`;

/** Printed by code that has run to its end; a problem follows on the same line. */
const SAY = `std::cout << "\\n${ANSWER_TYPE} "`;

/** Texts from hexadecimal digits, each with a zero byte behind it. C++11. */
const FROM_DIGITS = String.raw`[](const char* digits) -> std::vector<std::string> {
  std::vector<std::string> texts;
  std::string text;
  for (; *digits; digits += 2) {
    int byte = 0;
    for (int place = 0; place < 2; ++place)
      byte = 16 * byte + (digits[place] <= '9' ? digits[place] - '0' : digits[place] - 'a' + 10);
    if (byte) {
      text += static_cast<char>(byte);
    } else {
      texts.push_back(text);
      text.clear();
    }
  }
  return texts;
}`;

/** The paths in a list of files, as the server writes it: an object a line. */
const FROM_LIST = String.raw`[](const std::vector<std::string>& given) -> std::vector<std::string> {
  auto field = [](const std::string& line, const std::string& name, std::string& text) -> bool {
    std::size_t at = line.find("\"" + name + "\":\"");
    if (at == std::string::npos) return false;
    text.clear();
    for (at += name.size() + 4; at < line.size() && line[at] != '"'; ++at) {
      if (line[at] != '\\') {
        text += line[at];
        continue;
      }
      const char escaped = line[++at];
      const std::string names = "bfnrt", meant = "\b\f\n\r\t";
      const std::size_t which = names.find(escaped);
      if (escaped == 'u') {
        const unsigned code = static_cast<unsigned>(std::stoul(line.substr(at + 1, 4), nullptr, 16));
        at += 4;
        if (code < 0x80) {
          text += static_cast<char>(code);
        } else if (code < 0x800) {
          text += static_cast<char>(0xc0 | (code >> 6));
          text += static_cast<char>(0x80 | (code & 0x3f));
        } else {
          text += static_cast<char>(0xe0 | (code >> 12));
          text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
          text += static_cast<char>(0x80 | (code & 0x3f));
        }
      } else {
        text += which == std::string::npos ? escaped : meant[which];
      }
    }
    return true;
  };
  std::vector<std::string> paths;
  std::ifstream on_disk(given[0]);
  std::istringstream at_hand(given[2]);
  std::istream& list = given[0].empty() ? static_cast<std::istream&>(at_hand) : on_disk;
  for (std::string line, path, text; std::getline(list, line); paths.push_back(path)) {
    if (field(line, "path", path)) continue;
    // Of some, only a look tells whether they are there.
    if (field(line, "expected", path)) {
      std::ifstream file(path, std::ios::binary | std::ios::ate);
      const std::size_t at = line.find("\",\"size\":");
      if (file && at != std::string::npos && file.tellg() == std::strtoll(line.c_str() + at + 9, nullptr, 10))
        continue;
    }
    field(line, "did", text);
    path = given[1] + text + " is not available";
    if (field(line, "message", text)) path += ": " + text;
  }
  return paths;
}`;

/**
 * Whether a list of files is there and complete; says so, or says and throws what is wrong.
 *
 * No code ends with digits: ROOT's kernel looks for the name of a function in the last line, in a way
 * that takes for ever where the digits are many.
 */
export function cppCheck(path: string, count: number): string {
  return `[](const std::string& path, long count) {
  std::ifstream list(path);
  long found = 0;
  for (std::string line; std::getline(list, line); ++found) {}
  const std::string problem = found == count ? "" :
    found == 0 ? "The list of files cannot be read here." : "The list of files is not complete.";
  ${SAY} << problem << std::endl;
  if (!problem.empty()) throw std::runtime_error(problem);
}(${texts([path])}[0], ${count});
std::cout << std::flush;`;
}

/** The code that makes a variable. */
export function cppDeclare(entry: IEntry): string {
  const type =
    entry.type === 'file' ? 'std::string' : 'std::vector<std::string>';
  return `${type} ${entry.name} = ${value(entry)};\n${SAY} << std::endl;`;
}

/** The code that gives a variable another value. */
export function cppAssign(entry: IEntry): string {
  return `${entry.name} = ${value(entry)};\n${SAY} << std::endl;`;
}

/** The code that empties a variable which still holds what it was given; C++ has no way to end it. */
export function cppClear(entry: IEntry): string {
  return `if (${entry.name} == ${value(entry)}) ${entry.name}.clear();\n${SAY} << std::endl;`;
}

function value(entry: IEntry): string {
  const { type, files, manifest } = entry;
  const lines = linesOf(entry);
  if (lines !== null || (files === null && manifest !== null)) {
    const given = [manifest?.path ?? '', NOWHERE, lines ?? ''];
    return `${FROM_LIST}(${texts(given)})`;
  }
  const paths = texts((files ?? []).map(({ path }) => path));
  return type === 'file' ? `${paths}[0]` : paths;
}

/** An expression for a list of texts, which are in it as digits only. */
function texts(values: readonly string[]): string {
  return `${FROM_DIGITS}("${hexadecimal(values)}")`;
}
