import { configure } from '@testing-library/dom';

/** Nothing is late on a machine that is busy with other tests: what is waited for comes, or never. */
configure({ asyncUtilTimeout: 60_000 });
