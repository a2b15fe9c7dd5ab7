import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { RucioPanel } from '../../widgets/panel';

describe('the sidebar', () => {
  const onFirstShow = jest.fn();
  let panel: RucioPanel;

  beforeEach(() => {
    onFirstShow.mockClear();
    panel = new RucioPanel({
      header: new Widget(),
      caption: 'Rucio',
      onFirstShow
    });
  });

  afterEach(() => panel.dispose());

  const titles = () =>
    Array.from(
      panel.node.querySelectorAll('.jp-AccordionPanel-title'),
      node => node.textContent
    );

  it('orders its sections by rank, whichever plugin comes first', () => {
    panel.addSection({
      id: 'n',
      title: 'Notebook',
      rank: 200,
      widget: new Widget()
    });
    const added = panel.addSection({
      id: 'e',
      title: 'Explore',
      rank: 100,
      widget: new Widget()
    });
    panel.addSection({
      id: 't',
      title: 'Transfers',
      rank: 300,
      widget: new Widget()
    });
    expect(panel.widgets.map(widget => widget.title.label)).toEqual([
      'Explore',
      'Notebook',
      'Transfers'
    ]);
    added.dispose();
    expect(panel.widgets.map(widget => widget.title.label)).toEqual([
      'Notebook',
      'Transfers'
    ]);
  });

  it('keeps the caption of a section true', () => {
    const caption = {
      text: '1 attached',
      changed: new Signal<unknown, void>({})
    };
    panel.addSection({
      id: 'n',
      title: 'Notebook',
      rank: 200,
      widget: new Widget(),
      caption
    });
    expect(titles()).toEqual(['Notebook1 attached']);
    caption.text = '2 attached';
    caption.changed.emit();
    expect(titles()).toEqual(['Notebook2 attached']);
  });

  it('asks for nothing before it is looked at, and once', () => {
    Widget.attach(panel, document.body);
    panel.hide();
    expect(onFirstShow).not.toHaveBeenCalled();
    panel.show();
    panel.hide();
    panel.show();
    expect(onFirstShow).toHaveBeenCalledTimes(1);
  });
});
