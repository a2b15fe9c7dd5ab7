import type { ISnippetFormat, ISnippetSubject } from './kernel';
import { type IReader, readerSnippet } from './readers';

const READERS: readonly IReader[] = [
  {
    id: 'root',
    displayName: 'ROOT',
    extensions: ['root'],
    imports: ['#include <memory>', '#include <TFile.h>'],
    file: 'std::unique_ptr<TFile> root(TFile::Open(x.c_str()));\nroot->ls();',
    collection:
      'std::unique_ptr<TFile> root(TFile::Open(x.front().c_str()));\nroot->ls();\n\n' +
      '// all of them at once, by the name of a tree from above:\n' +
      '// ROOT::RDataFrame events("events", x);'
  },
  {
    id: 'csv',
    displayName: 'CSV',
    extensions: ['csv'],
    imports: ['#include <ROOT/RDataFrame.hxx>'],
    file: 'ROOT::RDF::FromCSV(x).Display()->Print();',
    collection:
      'for (const auto& file : x) {\n    ROOT::RDF::FromCSV(file).Display()->Print();\n}'
  },
  {
    id: 'text',
    displayName: 'Text',
    extensions: [
      'txt',
      'md',
      'log',
      'dat',
      'json',
      'jsonl',
      'tsv',
      'yaml',
      'yml',
      'xml'
    ],
    imports: ['#include <fstream>', '#include <iostream>', '#include <string>'],
    file: 'std::ifstream text(x);\nfor (std::string line; std::getline(text, line);) {\n    std::cout << line << "\\n";\n}',
    collection:
      'for (const auto& file : x) {\n    std::ifstream text(file);\n    std::string line;\n    std::getline(text, line);\n    std::cout << file << ": " << line << "\\n";\n}'
  },
  {
    id: 'plain',
    displayName: 'Bytes',
    extensions: [],
    imports: ['#include <fstream>', '#include <iostream>'],
    file: 'std::ifstream bytes(x, std::ios::binary | std::ios::ate);\nstd::cout << bytes.tellg() << " bytes\\n";',
    collection:
      'for (const auto& file : x) {\n    std::cout << file << "\\n";\n}'
  }
];

/** The formats that C++ code is known for. */
export const CPP_FORMATS: readonly ISnippetFormat[] = READERS;

/** C++ code that reads data. */
export function cppSnippet(subject: ISnippetSubject): string {
  return readerSnippet(READERS, subject, {
    comment: '//',
    assign: (name, value) =>
      typeof value === 'string'
        ? `std::string ${name} = ${cppLiteral(value)};`
        : `std::vector<std::string> ${name} = ${cppLiteral(value)};`
  });
}

/** A text or a list of texts as C++; a list has a line for each. */
export function cppLiteral(value: string | readonly string[]): string {
  if (typeof value === 'string') {
    return cppString(value);
  }
  return value.length < 2
    ? `{${value.map(cppString).join('')}}`
    : `{\n${value.map(text => `    ${cppString(text)},\n`).join('')}}`;
}

/** Control characters have three octal digits, which take nothing of what follows. */
function cppString(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, letter => {
    const code = letter.charCodeAt(0);
    return code < 0x80 ? `\\${code.toString(8).padStart(3, '0')}` : letter;
  });
  return `"${escaped}"`;
}
