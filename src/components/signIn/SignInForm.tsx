import type { TranslationBundle } from '@jupyterlab/translation';
import React, {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState
} from 'react';

import type { SignInModel } from '../../model/signIn';
import type { SignInField } from '../../model/signInRequest';
import type { IRucioApi } from '../../tokens';
import { FilePicker } from '../FilePicker';
import { useSignal } from '../signals';
import { fill } from './Field';
import { Found } from './Found';
import { Keeping } from './Keeping';
import { NoWay } from './NoWay';
import { SignInMessage } from './SignInMessage';
import { WayChoice } from './WayChoice';
import { WayForm } from './WayForm';
import { pickerTitle } from './words';

export interface ISignInFormProps {
  model: SignInModel;
  /** Lists a folder of the server. */
  folder: IRucioApi['folder'];
  trans: TranslationBundle;
}

/** The field that a file is being chosen for. */
interface IPicking {
  input: HTMLInputElement;
  field: SignInField;
}

/** The ways into an instance, what each asks for, and what Rucio said. The fields keep their own values. */
export function SignInForm(props: ISignInFormProps): JSX.Element {
  const { model, folder, trans } = props;
  useSignal(model.changed);
  const node = useRef<HTMLDivElement>(null);
  const messageId = useId();
  const [picking, setPicking] = useState<IPicking | null>(null);
  const { chosen, ways, outcome, policy } = model;
  useAttention(node, outcome);
  useReturn(picking?.input ?? null);

  const look = () => void model.look();
  const endPicking = (path: string | null) => {
    if (picking && path !== null) {
      fill(picking.input, path);
      model.touch();
    }
    setPicking(null);
  };
  const wrong =
    outcome !== null && outcome.kind !== 'accepted' ? outcome.field : null;
  return (
    <div ref={node} className="jp-RucioSignIn" onInput={() => model.touch()}>
      {chosen && (
        <WayChoice
          ways={ways}
          chosen={chosen.type}
          onChoose={type => model.choose(type)}
          trans={trans}
        />
      )}
      {!policy.type_credentials && (
        <p>
          {trans.__(
            'The administrator provides what signs in; passwords and certificates cannot be entered here.'
          )}
        </p>
      )}
      {ways.map(way => (
        <WayForm
          key={way.type}
          way={way}
          isChosen={way === chosen}
          policy={policy}
          isBusy={model.isBusy}
          wrong={wrong}
          messageId={messageId}
          onBrowse={(input, field) => setPicking({ input, field })}
          trans={trans}
        >
          {way.type !== 'userpass' && (
            <Found
              way={way}
              isLooking={model.isLooking}
              lookError={model.lookError}
              onLook={look}
              trans={trans}
            />
          )}
        </WayForm>
      ))}
      {chosen === null && (
        <NoWay
          isLooking={model.isLooking}
          lookError={model.lookError}
          onLook={look}
          trans={trans}
        />
      )}
      {chosen && chosen.type !== 'oidc' && (
        <Keeping canStore={policy.store_credentials} trans={trans} />
      )}
      <SignInMessage id={messageId} model={model} trans={trans} />
      {picking && (
        <FilePicker
          title={pickerTitle(picking.field, trans)}
          file={picking.input.value}
          list={folder}
          onDone={endPicking}
          trans={trans}
        />
      )}
    </div>
  );
}

/** Brings what there is to do into sight, and the keyboard to it. */
function useAttention(
  node: React.RefObject<HTMLElement>,
  outcome: SignInModel['outcome']
): void {
  useLayoutEffect(() => {
    if (outcome === null) {
      return;
    }
    if (outcome.kind !== 'accepted' && outcome.field !== null) {
      node.current
        ?.querySelector<HTMLInputElement>(
          `form:not([hidden]) [name=${outcome.field}]`
        )
        ?.focus();
    }
    node.current
      ?.querySelector('.jp-RucioSignIn-message')
      ?.scrollIntoView?.({ block: 'nearest' });
  }, [node, outcome]);
}

/** Has the keyboard in the field again, once the picker above it is gone. */
function useReturn(picking: HTMLInputElement | null): void {
  const before = useRef<HTMLInputElement | null>(null);
  useEffect(() => {
    if (picking === null) {
      before.current?.focus();
    }
    before.current = picking;
  }, [picking]);
}
