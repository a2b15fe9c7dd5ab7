import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useState } from 'react';

import type { IInstance, IPlan, IPlanPlace } from '../api/types';
import { concernsOf } from '../model/concerns';
import { readDays } from '../model/days';
import type { IPlanEntry, PlansModel } from '../model/plan';
import { Meter } from './Meter';
import {
  amountWords,
  concernWords,
  lifetimeWords,
  placeName,
  presenceWords,
  quotaFraction,
  quotaWords,
  sourceWords
} from './planWords';
import { useSignal } from './signals';
import { errorText } from './words';

/** Where data is to go, and for how long. */
export interface IMakeAvailableChoice {
  rse: string;
  /** null for what the instance is configured with. */
  lifetimeDays: number | null;
}

export interface IMakeAvailableFormProps {
  instance: IInstance;
  dids: readonly string[];
  plans: PlansModel;
  /** The place to begin with; the instance's first one where it is left out. */
  rse?: string;
  /** Days; 0 for what the instance is configured with. */
  defaultLifetimeDays: number;
  largeBytes: number;
  onChange: (choice: IMakeAvailableChoice | null) => void;
  trans: TranslationBundle;
}

/** So many DIDs are named; of more the number says enough. */
const NAMED_DIDS = 5;

/** What making DIDs available means, where they are to go and for how long. */
export function MakeAvailableForm(props: IMakeAvailableFormProps): JSX.Element {
  const { instance, dids, plans, onChange, trans, defaultLifetimeDays } = props;
  useSignal(plans.changed);
  const [rse, setRse] = useState(
    props.rse ?? instance.destinations[0]?.rse ?? ''
  );
  const [isOwn, setIsOwn] = useState(defaultLifetimeDays > 0);
  const [text, setText] = useState(
    defaultLifetimeDays > 0 ? String(defaultLifetimeDays) : ''
  );
  const days = readDays(text);
  const isDownload = instance.mode === 'download';
  const isValid = isDownload || (rse !== '' && (!isOwn || days !== null));
  const lifetimeDays = isOwn ? days : null;
  useEffect(() => {
    void plans.fetch(instance.name, dids);
  }, [plans, instance, dids]);
  useEffect(() => {
    onChange(isValid ? { rse, lifetimeDays } : null);
  }, [onChange, isValid, rse, lifetimeDays]);

  const entry = plans.get(instance.name, dids);
  const plan = entry?.value ?? null;
  const place = isDownload
    ? plan?.places[0]
    : plan?.places.find(one => one.rse === rse);
  return (
    <div className="jp-RucioMake">
      <Subject dids={dids} plan={plan} trans={trans} />
      <Standing entry={entry} trans={trans} />
      {isDownload ? (
        <Disk instance={instance} plan={plan} trans={trans} />
      ) : (
        <Places
          instance={instance}
          plan={plan}
          rse={rse}
          onChoose={setRse}
          trans={trans}
        />
      )}
      {plan && (
        <p className="jp-RucioMake-sources">{sourceWords(plan, trans)}</p>
      )}
      {!isDownload && (
        <Lifetime
          plan={plan}
          isOwn={isOwn}
          text={text}
          isInvalid={isOwn && days === null}
          onOwn={setIsOwn}
          onText={setText}
          trans={trans}
        />
      )}
      <div className="jp-RucioMake-concerns" aria-live="polite">
        {plan &&
          place &&
          concernsOf(plan, place, props.largeBytes).map(concern => (
            <p key={concern} data-tone="warn">
              {concernWords(concern, plan, place, trans)}
            </p>
          ))}
      </div>
    </div>
  );
}

function Subject(props: {
  dids: readonly string[];
  plan: IPlan | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { dids, plan, trans } = props;
  const sizes = new Map(plan?.items.map(item => [item.did, item]));
  return (
    <>
      <ul className="jp-RucioMake-dids">
        {dids.slice(0, NAMED_DIDS).map(did => {
          const known = sizes.get(did);
          return (
            <li key={did}>
              <span>{did}</span>
              {known && dids.length > 1 && (
                <small>{amountWords(known.files, known.bytes, trans)}</small>
              )}
            </li>
          );
        })}
        {dids.length > NAMED_DIDS && (
          <li>{trans.__('and %1 more', dids.length - NAMED_DIDS)}</li>
        )}
      </ul>
      {plan && (
        <p className="jp-RucioMake-amount">
          {dids.length > 1
            ? trans.__(
                'Together %1',
                amountWords(plan.files, plan.bytes, trans)
              )
            : amountWords(plan.files, plan.bytes, trans)}
        </p>
      )}
    </>
  );
}

/** How far the plan is; without one Rucio can be asked nevertheless, and says no itself. */
function Standing(props: {
  entry: IPlanEntry | undefined;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { entry, trans } = props;
  if (entry === undefined || entry.state === 'loading') {
    return <p role="status">{trans.__('Asking Rucio for sizes and quota…')}</p>;
  }
  if (entry.state === 'failed') {
    const { message } = errorText(entry.error, trans);
    return (
      <p role="alert" data-tone="warn">
        {trans.__(
          'Sizes and quota are not known: %1 You can go on without.',
          message
        )}
      </p>
    );
  }
  return entry.value.message ? (
    <p role="status">{entry.value.message}</p>
  ) : null;
}

function Places(props: {
  instance: IInstance;
  plan: IPlan | null;
  rse: string;
  onChoose: (rse: string) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { instance, plan, rse, onChoose, trans } = props;
  const name = useId();
  return (
    <fieldset className="jp-RucioMake-places">
      <legend>{trans.__('Where to')}</legend>
      {instance.destinations.map(destination => {
        const place = plan?.places.find(one => one.rse === destination.rse);
        const isMounted = place?.mounted ?? destination.mounted;
        return (
          <label key={destination.rse}>
            <input
              type="radio"
              name={name}
              value={destination.rse}
              checked={destination.rse === rse}
              onChange={() => onChoose(destination.rse)}
            />
            <span className="jp-RucioMake-place">
              <span>
                <b>{destination.rse}</b>
                {!isMounted && (
                  <span data-tone="warn"> {trans.__('not mounted here')}</span>
                )}
              </span>
              {plan && place && (
                <PlaceFacts plan={plan} place={place} trans={trans} />
              )}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

/** The one place that downloads go to. */
function Disk(props: {
  instance: IInstance;
  plan: IPlan | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { instance, plan, trans } = props;
  const place = plan?.places[0];
  return (
    <p className="jp-RucioMake-place">
      <span>
        {trans.__('To')}{' '}
        <b>{instance.download_folder?.path ?? place?.mount_path}</b>
      </span>
      {plan && place && <PlaceFacts plan={plan} place={place} trans={trans} />}
    </p>
  );
}

function PlaceFacts(props: {
  plan: IPlan;
  place: IPlanPlace;
  trans: TranslationBundle;
}): JSX.Element {
  const { plan, place, trans } = props;
  const fraction = quotaFraction(place);
  return (
    <>
      <small>
        {[presenceWords(place, plan, trans), quotaWords(place, trans)]
          .filter(Boolean)
          .join('; ')}
      </small>
      {fraction !== null && (
        <Meter
          fraction={fraction}
          label={trans.__('Quota used at %1', placeName(place, trans))}
        />
      )}
    </>
  );
}

function Lifetime(props: {
  plan: IPlan | null;
  isOwn: boolean;
  text: string;
  isInvalid: boolean;
  onOwn: (isOwn: boolean) => void;
  onText: (text: string) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { plan, isOwn, text, isInvalid, onOwn, onText, trans } = props;
  const name = useId();
  return (
    <fieldset>
      <legend>{trans.__('Keep it')}</legend>
      <label>
        <input
          type="radio"
          name={name}
          checked={!isOwn}
          onChange={() => onOwn(false)}
        />
        <span>
          {plan === null
            ? trans.__('for as long as is usual here')
            : lifetimeWords(plan.lifetime_days, trans)}
        </span>
      </label>
      <label>
        <input
          type="radio"
          name={name}
          checked={isOwn}
          aria-label={trans.__('for a number of days')}
          onChange={() => onOwn(true)}
        />
        <span>
          {trans.__('for')}{' '}
          <input
            className="jp-mod-styled jp-RucioMake-days"
            name="days"
            inputMode="decimal"
            autoComplete="off"
            aria-label={trans.__('Days')}
            aria-invalid={isInvalid}
            value={text}
            onFocus={() => onOwn(true)}
            onChange={event => onText(event.target.value)}
          />{' '}
          {trans.__('days')}
        </span>
      </label>
      {isInvalid && text !== '' && (
        <p data-tone="error" role="alert">
          {trans.__('That is no number of days.')}
        </p>
      )}
    </fieldset>
  );
}
