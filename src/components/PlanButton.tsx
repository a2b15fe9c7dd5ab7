import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect, useId, useRef, useState } from 'react';

import type { PlansModel } from '../model/plan';
import { PlanTip } from './PlanTip';
import { useSignal } from './signals';

/** Who points at the button for so long wants to know what it would do. */
const OPEN_MS = 300;
/** The way from the button to its tip may lead beside both. */
const CLOSE_MS = 150;
const MARGIN_PIXELS = 6;

type IButtonProps = React.ComponentProps<typeof Button>;

export interface IPlanButtonProps extends Omit<IButtonProps, 'ref'> {
  did: string;
  instance: string;
  plans: PlansModel;
  trans: TranslationBundle;
}

/** A button that makes a DID available, with a tip that says what that means. */
export function PlanButton(props: IPlanButtonProps): JSX.Element {
  const { did, instance, plans, trans, ...button } = props;
  const [isOpen, setIsOpen] = useState(false);
  const timer = useRef(0);
  const anchor = useRef<HTMLSpanElement>(null);
  const id = useId();

  const later = (open: boolean, ms: number) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      if (open) {
        void plans.fetch(instance, [did]);
      }
      setIsOpen(open);
    }, ms);
  };
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const close = () => later(false, 0);

  return (
    <span
      ref={anchor}
      onMouseEnter={() => later(true, OPEN_MS)}
      onMouseLeave={() => later(false, CLOSE_MS)}
      onFocus={() => later(true, OPEN_MS)}
      onBlur={close}
    >
      <Button
        {...button}
        aria-describedby={isOpen ? id : undefined}
        onClick={event => {
          close();
          button.onClick?.(event);
        }}
      />
      {isOpen && (
        <Tip id={id} anchor={anchor} onEscape={close}>
          <Told {...{ did, instance, plans, trans }} />
        </Tip>
      )}
    </span>
  );
}

function Told(
  props: Pick<IPlanButtonProps, 'did' | 'instance' | 'plans' | 'trans'>
): JSX.Element {
  const { did, instance, plans, trans } = props;
  useSignal(plans.changed);
  return <PlanTip entry={plans.get(instance, [did])} trans={trans} />;
}

/** Stands above everything, beside its anchor: what it is in would cut it off. */
function Tip(props: {
  id: string;
  anchor: React.RefObject<HTMLElement>;
  onEscape: () => void;
  children: React.ReactNode;
}): JSX.Element {
  const { id, anchor, onEscape, children } = props;
  const node = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        onEscape();
      }
    };
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  });
  useEffect(() => {
    node.current?.showPopover?.();
  }, []);
  // With every change of what it says, since that may make it larger.
  useEffect(() => {
    const tip = node.current;
    if (tip && anchor.current) {
      place(tip, anchor.current.getBoundingClientRect());
    }
  });

  return (
    <div
      ref={node}
      id={id}
      className="jp-RucioTip"
      role="tooltip"
      {...{ popover: 'manual' }}
      onClick={event => event.stopPropagation()}
      onMouseDown={event => event.stopPropagation()}
    >
      {children}
    </div>
  );
}

function place(tip: HTMLElement, anchor: DOMRect): void {
  const { width, height } = tip.getBoundingClientRect();
  const lowest = window.innerHeight - MARGIN_PIXELS - height;
  const rightmost = window.innerWidth - MARGIN_PIXELS - width;
  const isBelow = anchor.bottom <= lowest;
  tip.style.top = `${isBelow ? anchor.bottom : Math.max(MARGIN_PIXELS, anchor.top - height)}px`;
  tip.style.left = `${Math.max(MARGIN_PIXELS, Math.min(anchor.left, rightmost))}px`;
}
