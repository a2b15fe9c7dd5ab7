import type { ISnippetSubject } from './kernel';

/** How a format is read: one file, and many. `x` stands for the variable. */
interface IReader {
  readonly extensions: readonly string[];
  readonly file: string;
  readonly collection: string;
}

const READERS: readonly IReader[] = [
  {
    extensions: ['root'],
    file: 'import uproot\n\nwith uproot.open(x) as root:\n    print(root.keys())',
    collection:
      'import uproot\n\nwith uproot.open(x[0]) as root:\n    print(root.keys())\n\n' +
      '# all of them at once, by the name of a tree from above:\n' +
      '# events = uproot.concatenate([f"{file}:events" for file in x])'
  },
  {
    extensions: ['csv', 'csv.gz'],
    file: 'import pandas as pd\n\npd.read_csv(x)',
    collection:
      'import pandas as pd\n\npd.concat(pd.read_csv(file) for file in x)'
  },
  {
    extensions: ['parquet', 'pq'],
    file: 'import pandas as pd\n\npd.read_parquet(x)',
    collection:
      'import pandas as pd\n\npd.concat(pd.read_parquet(file) for file in x)'
  },
  {
    extensions: ['h5', 'hdf5', 'hdf'],
    file: 'import h5py\n\nwith h5py.File(x) as h5:\n    h5.visit(print)',
    collection:
      'import h5py\n\nfor file in x:\n    with h5py.File(file) as h5:\n        h5.visit(print)'
  },
  {
    extensions: ['fits', 'fits.gz', 'fit'],
    file: 'from astropy.io import fits\n\nwith fits.open(x) as hdus:\n    hdus.info()',
    collection:
      'from astropy.io import fits\n\nfor file in x:\n    with fits.open(file) as hdus:\n        hdus.info()'
  }
];

const PLAIN: IReader = {
  extensions: [],
  file: 'with open(x, "rb") as file:\n    print(file.read(200))',
  collection: 'for file in x:\n    print(file)'
};

/** Python code that reads an attached variable, by the extension of its file or of an example. */
export function pythonSnippet(subject: ISnippetSubject): string {
  const name = (subject.example ?? subject.did).toLowerCase();
  const reader =
    READERS.find(({ extensions }) =>
      extensions.some(extension => name.endsWith(`.${extension}`))
    ) ?? PLAIN;
  return reader[subject.type].replace(/\bx\b/g, subject.variableName);
}
