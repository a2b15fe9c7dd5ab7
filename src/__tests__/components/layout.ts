/** jsdom lays nothing out: every element is as large as a sidebar, so that rows have room. */
export function giveRoom(): void {
  for (const [name, size] of [
    ['clientHeight', 440],
    ['clientWidth', 320],
    ['offsetHeight', 440],
    ['offsetWidth', 320]
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, {
      configurable: true,
      value: size
    });
  }
}
