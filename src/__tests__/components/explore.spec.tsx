import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen,
  waitFor,
  within
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { Explore } from '../../components/Explore';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { SearchModel } from '../../model/search';
import {
  atOnce,
  availability,
  fault,
  files,
  item,
  ScriptedApi,
  settled
} from '../scripted';
import { giveRoom } from './layout';

giveRoom();

describe('finding and opening data', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let known: AvailabilityModel;
  let search: SearchModel;
  const onAction = jest.fn();
  const onSignIn = jest.fn();

  beforeEach(async () => {
    onAction.mockClear();
    onSignIn.mockClear();
    api = new ScriptedApi();
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
        onAction={onAction}
        onSignIn={onSignIn}
      />
    );
  });

  afterEach(() => {
    cleanup();
    search.dispose();
    known.dispose();
    instances.dispose();
  });

  const field = () => screen.getByLabelText('Search data identifiers');
  const tree = () => screen.getByRole('tree');
  const rows = () => within(tree()).getAllByRole('treeitem');
  const active = () => {
    const id = tree().getAttribute('aria-activedescendant');
    const row = id === null ? null : document.getElementById(id);
    return row?.getAttribute('data-did') ?? row?.getAttribute('data-note');
  };

  /** Types a search, and gives the stream that answers it. */
  const find = async (text: string) => {
    await userEvent.type(field(), `${text}{Enter}`);
    await act(settled);
    return api.searches[api.searches.length - 1].stream;
  };
  const dataset = item('demo:dimuon_2021', 'dataset');
  const file = item('demo:readme.csv');

  /** Two rows, of which the availability is known. */
  const findTwo = async () => {
    const stream = await find('demo:');
    await act(() => stream.send([dataset, file]));
    await act(() => stream.end());
    // Rows on the screen are asked about once it has settled.
    await waitFor(() => expect(api.asked).toHaveLength(1));
    await act(() =>
      api.asked[0].answer.give([
        availability(dataset.did, 'not_available'),
        availability(file.did, 'available', { type: 'file' })
      ])
    );
  };

  it('begins with how to begin', () => {
    expect(screen.getByText('scope:name')).toBeVisible();
    expect(screen.queryByRole('tree')).toBeNull();
  });

  it('counts what arrives and can be stopped', async () => {
    const stream = await find('demo:');
    expect(screen.getByText('Searching…')).toBeVisible();
    await act(() => stream.send(files(2)));
    expect(screen.getByText('2…')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(stream.signal?.aborted).toBe(true);
    expect(screen.getByText(/Stopped; there may be more/)).toBeVisible();
    expect(rows()).toHaveLength(2);
  });

  it('says in a sentence that nothing was found', async () => {
    const stream = await find('demo:nothing');
    await act(() => stream.end());
    expect(screen.getByText('Nothing found for demo:nothing.')).toBeVisible();
  });

  it('says that a list is cut', async () => {
    const stream = await find('demo:');
    await act(() => stream.send(files(2)));
    await act(() => stream.end(true));
    expect(screen.getByText(/These are the first 2/)).toBeVisible();
  });

  it('keeps the rows of a broken search, says what Rucio said, and tries again', async () => {
    const stream = await find('demo:');
    await act(() => stream.send(files(2)));
    await act(() =>
      stream.fail(
        fault('rucio_bad_answer', 'Rucio failed.', {
          rucio: {
            exception_class: 'DatabaseException',
            exception_message: 'too many connections'
          }
        })
      )
    );
    expect(rows()).toHaveLength(2);
    const alert = screen.getByRole('alert');
    expect(alert).toHaveTextContent('Rucio failed.');
    expect(alert).toHaveTextContent('too many connections');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await act(settled);
    expect(api.searches).toHaveLength(2);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('explains a text that is no identifier', async () => {
    await userEvent.type(field(), 'dimuon{Enter}');
    expect(screen.getByText(/has two parts/)).toBeVisible();
    expect(api.searches).toHaveLength(0);
  });

  it('searches again when another kind is chosen', async () => {
    await find('demo:');
    fireEvent.change(screen.getByLabelText('Kind of data identifier'), {
      target: { value: 'dataset' }
    });
    await act(settled);
    expect(api.searches.map(one => one.query.type)).toEqual(['all', 'dataset']);
  });

  it('says of each row what it is and whether it is available', async () => {
    await findTwo();
    expect(
      screen.getByRole('treeitem', {
        name: 'demo:dimuon_2021, Dataset, Not available, 3 files · 1 kB'
      })
    ).toHaveAttribute('aria-expanded', 'false');
    expect(
      screen.getByRole('treeitem', {
        name: 'demo:readme.csv, File, Available, 1 kB'
      })
    ).not.toHaveAttribute('aria-expanded');
  });

  it('offers each row the one thing that makes sense', async () => {
    await findTwo();
    await userEvent.click(
      screen.getByRole('button', { name: 'Make available: demo:dimuon_2021' })
    );
    expect(onAction).toHaveBeenCalledWith(dataset, 'make-available', null);
    await userEvent.click(
      screen.getByRole('button', { name: 'Attach: demo:readme.csv' })
    );
    expect(onAction).toHaveBeenCalledWith(file, 'attach', null);
  });

  it('shows a refusal in its row, with a way to learn why', async () => {
    await findTwo();
    await act(async () => {
      known
        .makeAvailable('escape', { did: dataset.did })
        .catch(() => undefined);
      await settled();
    });
    expect(rows()[0]).toHaveTextContent('Asking Rucio…');
    await act(() =>
      api.made[0].answer.refuse(fault('quota_exceeded', 'No quota is left.'))
    );
    expect(rows()[0]).toHaveTextContent('Refused');
    expect(rows()[0]).toHaveTextContent('No quota is left.');
    await userEvent.click(
      screen.getByRole('button', { name: 'Why?: demo:dimuon_2021' })
    );
    expect(onAction).toHaveBeenCalledWith(dataset, 'explain', null);
  });

  it('can be walked through, opened and used without a mouse', async () => {
    await findTwo();
    for (const stop of [
      'Clear the search',
      'Kind of data identifier',
      'Filters',
      'Filter the rows that are shown',
      'Order of the rows',
      'Ascending: turn round'
    ]) {
      await userEvent.tab();
      expect(screen.getByLabelText(stop)).toHaveFocus();
    }
    await userEvent.tab();
    expect(tree()).toHaveFocus();
    expect(active()).toBe('demo:dimuon_2021');

    await userEvent.keyboard('{ArrowRight}');
    expect(rows()[0]).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getByText('Loading…')).toBeInTheDocument();
    await act(() => api.opened[0].stream.send(files(2)));
    await act(() => api.opened[0].stream.end());

    await userEvent.keyboard('{ArrowRight}');
    expect(active()).toBe('demo:f0');
    expect(rows()[1]).toHaveAttribute('aria-level', '2');
    expect(rows()[1]).toHaveAttribute('aria-posinset', '1');
    expect(rows()[1]).toHaveAttribute('aria-setsize', '2');
    await userEvent.keyboard('{End}');
    expect(active()).toBe('demo:readme.csv');
    expect(rows()[3]).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{Enter}');
    expect(onAction).toHaveBeenCalledWith(file, 'attach', null);
    await userEvent.keyboard('{Home}{ArrowDown}{ArrowDown}');
    expect(active()).toBe('demo:f1');
    await userEvent.keyboard('{ArrowLeft}');
    expect(active()).toBe('demo:dimuon_2021');
    await userEvent.keyboard('{ArrowLeft}');
    expect(rows()[0]).toHaveAttribute('aria-expanded', 'false');
    await userEvent.keyboard('rea');
    expect(active()).toBe('demo:readme.csv');
    expect(tree()).toHaveFocus();

    await userEvent.tab();
    expect(
      screen.getByRole('button', { name: 'Attach: demo:readme.csv' })
    ).toHaveFocus();
  });

  it('opens the menu of the active row from the keyboard', async () => {
    await findTwo();
    const opened = jest.fn();
    document.addEventListener('contextmenu', event => {
      opened((event.target as HTMLElement).getAttribute('data-did'));
    });
    act(() => tree().focus());
    await userEvent.keyboard('{End}{Shift>}{F10}{/Shift}');
    expect(opened.mock.calls).toEqual([['demo:readme.csv']]);
  });

  it('shows a fault of a collection inside it, and tries again there', async () => {
    await findTwo();
    act(() => tree().focus());
    await userEvent.keyboard('{Home}{ArrowRight}');
    await act(() =>
      api.opened[0].stream.fail(fault('rucio_bad_answer', 'Rucio failed.'))
    );
    expect(screen.getByText('Rucio failed.')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await act(() => api.opened[1].stream.send(files(1)));
    await act(() => api.opened[1].stream.end());
    expect(rows().map(row => row.getAttribute('data-did'))).toEqual([
      'demo:dimuon_2021',
      'demo:f0',
      'demo:readme.csv'
    ]);
  });

  it('makes only the rows that can be seen, and never loses the active one', async () => {
    const stream = await find('demo:');
    await act(() => stream.send(files(20_000)));
    await act(() => stream.end());
    expect(rows().length).toBeLessThan(60);
    expect(rows()[0]).toHaveAttribute('aria-setsize', '20000');
    act(() => tree().focus());
    await userEvent.keyboard('{End}');
    expect(active()).toBe('demo:f19999');
    await userEvent.keyboard('{Home}');
    expect(active()).toBe('demo:f0');
  });
});
