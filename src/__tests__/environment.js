const Environment = require('@jupyterlab/testing/lib/jest-env').default;

/**
 * JupyterLab's environment, whose `fetch` is Node's: it takes Node's abort signals only, and gives
 * Node's streams.
 */
module.exports = class extends Environment {
  constructor(...args) {
    super(...args);
    this.global.AbortController = AbortController;
    this.global.AbortSignal = AbortSignal;
    this.global.DOMException = DOMException;
    this.global.ReadableStream = ReadableStream;
  }
};
