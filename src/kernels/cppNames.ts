import type { INameRules } from '../model/variableName';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** The rules of C++ names: https://en.cppreference.com/w/cpp/keyword */
export const CPP_NAMES: INameRules = {
  displayName: 'C++',
  // Names with two underscores, or that begin with one, are the implementation's.
  pattern: /^(?!.*__)[A-Za-z][A-Za-z0-9_]*$/,
  reserved: words(`
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t
    class compl concept const consteval constexpr constinit const_cast continue co_await co_return
    co_yield decltype default delete do double dynamic_cast else enum explicit export extern false float
    for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or
    or_eq private protected public register reinterpret_cast requires return short signed sizeof static
    static_assert static_cast struct switch template this thread_local throw true try typedef typeid
    typename union unsigned using virtual void volatile wchar_t while xor xor_eq
  `),
  builtins: words(`
    std main ROOT data begin end size string vector map set list array move swap cout cin cerr endl gROOT
    gPad gStyle gDirectory gFile gRandom TFile TTree
  `)
};
