import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen,
  within
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { Explore } from '../../components/Explore';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { SearchModel } from '../../model/search';
import { atOnce, fault, files, item, ScriptedApi, settled } from '../scripted';
import { giveRoom } from './layout';

giveRoom();

describe('the search form', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let known: AvailabilityModel;
  let search: SearchModel;

  beforeEach(async () => {
    api = new ScriptedApi();
    api.keys = [
      { key: 'events', type: 'number', values: null, source: 'did_column' },
      {
        key: 'datatype',
        type: 'string',
        values: ['AOD', 'NTUPLE'],
        source: 'convention'
      }
    ];
    instances = new InstancesModel({ api });
    await instances.load();
    known = new AvailabilityModel({ api, instances });
    search = new SearchModel({ api, instances, frames: atOnce });
    render(
      <Explore
        model={search}
        instances={instances}
        availability={known}
        trans={nullTranslator.load('rucio-jupyterlab')}
        onAction={jest.fn()}
        onSignIn={jest.fn()}
      />
    );
    await act(settled);
  });

  afterEach(() => {
    cleanup();
    search.dispose();
    known.dispose();
    instances.dispose();
  });

  const field = () =>
    screen.getByRole('combobox', { name: 'Search data identifiers' });
  /** What is offered below a field. */
  const options = () => {
    const list = screen.queryByRole('listbox');
    return list === null
      ? []
      : within(list)
          .getAllByRole('option')
          .map(option => option.textContent);
  };
  const last = () => api.searches[api.searches.length - 1];
  const button = (name: string | RegExp) =>
    screen.getByRole('button', { name });
  const scopes = async (...names: string[]) => {
    await act(() => api.scopeLists[0].send(names.map(scope => ({ scope }))));
  };
  const find = async (text: string) => {
    await userEvent.clear(field());
    await userEvent.type(field(), `${text}{Enter}`);
    await act(settled);
    return last().stream;
  };
  /** Opens the filters, and gives their fields. */
  const openFilters = async () => {
    await userEvent.click(button(/^Filters/));
    await act(settled);
  };
  const keyField = (row = 0) =>
    screen.getAllByRole('combobox', { name: 'Metadata key' })[row];
  const valueField = (row = 0) =>
    screen.getAllByRole('combobox', { name: 'Value' })[row];
  const choose = (label: string, value: string, row = 0) =>
    fireEvent.change(screen.getAllByLabelText(label)[row], {
      target: { value }
    });

  describe('completing scopes', () => {
    it('offers them while the scope is typed, and takes the best with Tab', async () => {
      await userEvent.type(field(), 'de');
      expect(field()).toHaveAttribute('aria-expanded', 'false');
      await scopes('cms', 'mydemo', 'demo', 'devel');
      expect(options()).toEqual(['demo:', 'devel:', 'mydemo:']);
      expect(field()).toHaveAttribute('aria-expanded', 'true');
      const active = field().getAttribute('aria-activedescendant')!;
      expect(document.getElementById(active)).toHaveTextContent('demo:');
      await userEvent.tab();
      expect(field()).toHaveValue('demo:');
      expect(field()).toHaveFocus();
      expect(options()).toEqual([]);
      expect(api.searches).toHaveLength(0);
      await userEvent.type(field(), 'x{Enter}');
      await act(settled);
      expect(last().query).toMatchObject({ scope: 'demo', name: 'x' });
    });

    it('lets the arrows choose, and Escape stay with what was typed', async () => {
      await userEvent.type(field(), 'de');
      await scopes('demo', 'devel');
      await userEvent.keyboard('{ArrowDown}{Enter}');
      expect(field()).toHaveValue('devel:');
      await userEvent.clear(field());
      await userEvent.type(field(), 'dev{ArrowDown}{Enter}');
      expect(field()).toHaveValue('devel:');
      await userEvent.clear(field());
      await userEvent.type(field(), 'de{Escape}');
      expect(options()).toEqual([]);
      await userEvent.keyboard('{Enter}');
      expect(screen.getByText(/has two parts/)).toBeVisible();
    });

    it('draws fifty, and says how many more there are', async () => {
      await userEvent.type(field(), 's');
      await scopes(...Array.from({ length: 300 }, (_, i) => `scope${i}`));
      expect(options()).toHaveLength(50);
      expect(screen.getByText(/250 more scopes/)).toBeVisible();
    });

    it('is done at the colon', async () => {
      await userEvent.type(field(), 'demo');
      await scopes('demo', 'demo.old');
      await userEvent.type(field(), ':');
      expect(options()).toEqual([]);
    });
  });

  describe('recent searches', () => {
    beforeEach(async () => {
      for (const text of ['demo:a', 'demo:b']) {
        const stream = await find(text);
        await act(() => stream.end());
      }
    });

    it('are offered by the arrow down, and searched for at once', async () => {
      await userEvent.keyboard('{ArrowDown}');
      expect(options()).toEqual(['demo:b×', 'demo:a×']);
      await userEvent.keyboard('{ArrowDown}{Enter}');
      await act(settled);
      expect(last().query.name).toBe('a');
      expect(field()).toHaveValue('demo:a');
    });

    it('are offered in the empty field, and can be forgotten there', async () => {
      await userEvent.click(button('Clear the search'));
      await userEvent.click(field());
      expect(options()).toHaveLength(2);
      await userEvent.keyboard('{ArrowDown}{Shift>}{Delete}{/Shift}');
      expect(options()).toEqual(['demo:a×']);
      await userEvent.click(screen.getByTitle(/Forget this search \(/));
      expect(options()).toEqual([]);
      expect(search.history.of('escape')).toEqual([]);
    });

    it('stand where nothing is shown, each with its type and filters', async () => {
      act(() =>
        search.conditions.replace([
          [{ key: 'events', operator: 'gte', value: '5', type: null }]
        ])
      );
      const stream = await find('demo:c');
      await act(() => stream.end());
      await userEvent.click(button('Clear the search'));
      act(() => search.conditions.clear());
      await userEvent.click(button('demo:c · events ≥ 5'));
      await act(settled);
      expect(last().query.filters).toEqual([{ 'events.gte': 5 }]);
      await userEvent.click(button('Clear the search'));
      await userEvent.click(button('Forget the search demo:a'));
      expect(screen.queryByRole('button', { name: 'demo:a' })).toBeNull();
      await userEvent.click(button('Forget all'));
      expect(screen.queryByText('Recent searches')).toBeNull();
    });
  });

  describe('filters', () => {
    it('are written without a mouse, and searched for with Enter', async () => {
      await userEvent.type(field(), 'demo:');
      await openFilters();
      expect(keyField()).toHaveFocus();
      await userEvent.keyboard('{ArrowDown}');
      expect(options()).toEqual(['eventsNumber', 'datatypeText']);
      await userEvent.keyboard('{Enter}');
      expect(keyField()).toHaveValue('events');
      expect(screen.getByLabelText('What the value is')).toHaveValue('number');
      choose('Comparison', 'gte');
      await userEvent.type(valueField(), '100');
      await userEvent.click(button('Add a condition that also has to hold'));
      expect(keyField(1)).toHaveFocus();
      await userEvent.type(keyField(1), 'datatype');
      await userEvent.click(valueField(1));
      expect(options()).toEqual(['AOD', 'NTUPLE']);
      await userEvent.keyboard('{ArrowDown}{ArrowDown}{Tab}');
      expect(valueField(1)).toHaveValue('NTUPLE');
      await userEvent.type(valueField(1), '{Enter}');
      await act(settled);
      expect(last().query.filters).toEqual([
        { 'events.gte': 100, datatype: 'NTUPLE' }
      ]);
      expect(button('Filters: 2 set')).toHaveAttribute('aria-expanded', 'true');
    });

    it('have alternatives, and rows that go', async () => {
      await openFilters();
      await userEvent.type(keyField(), 'a');
      await userEvent.type(valueField(), '1');
      await userEvent.click(button('Add an alternative'));
      expect(keyField(1)).toHaveFocus();
      await userEvent.type(keyField(1), 'b');
      await userEvent.type(valueField(1), '2');
      expect(screen.getByText('or all of these hold')).toBeVisible();
      await find('demo:');
      expect(last().query.filters).toEqual([{ a: 1 }, { b: 2 }]);
      await userEvent.click(button('Remove the condition on a'));
      expect(keyField()).toHaveValue('b');
      expect(keyField()).toHaveFocus();
      await userEvent.click(button('Remove all'));
      expect(keyField()).toHaveValue('');
    });

    it('take a value for what it is said to be', async () => {
      await openFilters();
      await userEvent.type(keyField(), 'campaign');
      await userEvent.type(valueField(), '2021');
      expect(screen.getByLabelText('What the value is')).toHaveValue('number');
      choose('What the value is', 'string');
      await find('demo:');
      expect(last().query.filters).toEqual([{ campaign: '2021' }]);
      choose('What the value is', 'automatic');
      await find('demo:');
      expect(last().query.filters).toEqual([{ campaign: 2021 }]);
    });

    it('say at their row what cannot be said', async () => {
      await openFilters();
      await userEvent.type(keyField(), 'events');
      await userEvent.type(valueField(), 'many');
      expect(screen.getByText(/That is no number/)).toBeVisible();
      expect(valueField()).toHaveAttribute('aria-invalid', 'true');
      await userEvent.type(field(), 'demo:{Enter}');
      expect(api.searches).toHaveLength(0);
      await userEvent.clear(valueField());
      await userEvent.type(valueField(), '7{Enter}');
      await act(settled);
      expect(api.searches).toHaveLength(1);
    });

    it('show what the server has against them', async () => {
      await openFilters();
      await userEvent.type(keyField(), 'a');
      await userEvent.type(valueField(), 'b');
      const stream = await find('demo:');
      await act(() =>
        stream.fail(
          fault('filter_failed', 'Rucio could not search by a = “b”.')
        )
      );
      const group = screen.getByRole('group', { name: 'Filters on metadata' });
      expect(within(group).getByRole('alert')).toHaveTextContent('a = “b”');
      expect(screen.getAllByRole('alert')).toHaveLength(1);
    });

    it('are chips while they are closed; taking one away searches again', async () => {
      act(() =>
        search.conditions.replace([
          [
            { key: 'events', operator: 'gte', value: '5', type: null },
            { key: 'k', operator: 'eq', value: '5', type: 'string' }
          ]
        ])
      );
      await find('demo:');
      expect(button('k = “5”')).toBeVisible();
      await userEvent.click(button('Remove the filter events ≥ 5'));
      await act(settled);
      expect(last().query.filters).toEqual([{ k: '5' }]);
      await userEvent.click(button('k = “5”'));
      expect(valueField()).toHaveValue('5');
    });

    it('that were changed are searched for when they are closed', async () => {
      await find('demo:');
      await openFilters();
      await userEvent.type(keyField(), 'a');
      await userEvent.type(valueField(), 'b');
      expect(api.searches).toHaveLength(1);
      await userEvent.click(button(/^Filters: 1/));
      await act(settled);
      expect(last().query.filters).toEqual([{ a: 'b' }]);
      await openFilters();
      await userEvent.click(button(/^Filters: 1/));
      await act(settled);
      expect(api.searches).toHaveLength(2);
    });
  });

  describe('what was found', () => {
    const rows = () =>
      screen.getAllByRole('treeitem').map(row => row.getAttribute('data-did'));
    const filter = () =>
      screen.getByLabelText('Filter the rows that are shown');

    it('is narrowed down while one types, and counted', async () => {
      const stream = await find('demo:');
      await act(() => stream.send(files(20)));
      await act(() => stream.end());
      await userEvent.type(filter(), 'f1');
      expect(screen.getByText('11 of 20 shown')).toBeVisible();
      expect(rows()[0]).toBe('demo:f1');
      await userEvent.type(filter(), 'x');
      expect(screen.getByText(/None of the names has “f1x”/)).toBeVisible();
      expect(filter()).toBeVisible();
      await userEvent.type(filter(), '{Escape}');
      expect(screen.getByText('20 found')).toBeVisible();
      await userEvent.type(filter(), '{ArrowDown}');
      expect(screen.getByRole('tree')).toHaveFocus();
    });

    it('is sorted either way', async () => {
      const stream = await find('demo:');
      await act(() =>
        stream.send([
          { ...item('demo:b'), size: 2 },
          { ...item('demo:a'), size: 3 },
          { ...item('demo:c'), size: 1 }
        ])
      );
      expect(rows()).toEqual(['demo:b', 'demo:a', 'demo:c']);
      choose('Order of the rows', 'name');
      expect(rows()).toEqual(['demo:a', 'demo:b', 'demo:c']);
      choose('Order of the rows', 'size');
      expect(rows()).toEqual(['demo:a', 'demo:b', 'demo:c']);
      await userEvent.click(button('Descending: turn round'));
      expect(rows()).toEqual(['demo:c', 'demo:b', 'demo:a']);
    });

    it('can be shown to the end where it is cut', async () => {
      const stream = await find('demo:');
      await act(() => stream.send(files(2)));
      await act(() => stream.end(true));
      await userEvent.click(button('Show all'));
      await act(settled);
      expect(api.searches).toHaveLength(2);
    });
  });

  it('stops with Escape in the field', async () => {
    const stream = await find('demo:');
    await act(() => stream.send(files(2)));
    await userEvent.type(field(), '{Escape}');
    expect(stream.signal?.aborted).toBe(true);
    expect(screen.getByText(/Stopped; there may be more/)).toBeVisible();
  });

  it('takes the first of several pasted lines, and says so', async () => {
    // Jupyter's stand-in for clipboard events does not bubble.
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    fireEvent(
      field(),
      Object.assign(paste, {
        clipboardData: { getData: () => 'demo:a\n"demo:b"\n' }
      })
    );
    expect(paste.defaultPrevented).toBe(true);
    expect(field()).toHaveValue('demo:a');
    expect(screen.getByText(/2 identifiers were pasted/)).toBeVisible();
    await userEvent.type(field(), '{Enter}');
    await act(settled);
    expect(last().query.name).toBe('a');
    expect(screen.queryByText(/were pasted/)).toBeNull();
  });

  it('shows that it searches inside a container, until that is taken away', async () => {
    await act(() => {
      void search.search('', { inside: 'demo:archive' });
      return settled();
    });
    expect(screen.getByText('inside demo:archive')).toBeVisible();
    await act(() => last().stream.end());
    expect(
      screen.getByText('Nothing found inside demo:archive.')
    ).toBeVisible();
    choose('Kind of data identifier', 'file');
    await act(settled);
    expect(last().query).toMatchObject({
      name: 'archive',
      type: 'file',
      recursive: true
    });
    await userEvent.click(button('No longer search inside demo:archive'));
    expect(
      screen.queryByRole('button', { name: /No longer search inside/ })
    ).toBeNull();
    expect(field()).toHaveFocus();
  });
});
