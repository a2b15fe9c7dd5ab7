import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import type { IRule } from '../api/types';
import { CommandIDs, DID_ARGS_SCHEMA } from '../commands';
import { keptWords } from '../components/ages';
import { RulesModel } from '../model/rules';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioApi,
  IRucioExplore
} from '../tokens';
import { launch } from '../widgets/focusedDialog';
import { ReasonDialog } from '../widgets/reason';
import { targetsOf } from './targets';

const DEFAULT_DAYS = 30;

const RULE_ARGS_SCHEMA: ReadonlyJSONObject = {
  ...DID_ARGS_SCHEMA,
  properties: {
    ...(DID_ARGS_SCHEMA.properties as ReadonlyJSONObject),
    rule: {
      type: 'string',
      description:
        'The identifier of the rule; that of the data identifier where it is left out'
    }
  }
};

const EXTEND_ARGS_SCHEMA: ReadonlyJSONObject = {
  ...RULE_ARGS_SCHEMA,
  properties: {
    ...(RULE_ARGS_SCHEMA.properties as ReadonlyJSONObject),
    lifetime_days: {
      type: ['number', 'null'],
      description:
        'Days from now until the rule ends, null for never; asked for where it is left out'
    }
  }
};

/** A rule that a command is to act on. */
interface IRuleTarget {
  readonly instance: string;
  readonly did: string;
  readonly id: string;
}

/** Says why data is not there, and lets rules be tried again, kept longer and ended. */
export const rulesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:rules',
  description: 'Adds the commands that act on replication rules.',
  autoStart: true,
  requires: [IRucioApi, IInstancesModel, IAvailabilityModel, IRucioExplore],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    explore: IRucioExplore,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;

    const didOf = (args: ReadonlyPartialJSONObject) => {
      const targets = targetsOf(args, instances, explore);
      return targets?.items.length === 1
        ? { instance: targets.instance, did: targets.items[0].did }
        : null;
    };
    const ruleOf = (args: ReadonlyPartialJSONObject): IRuleTarget | null => {
      const target = didOf(args);
      const instance = target?.instance ?? args.instance;
      const id =
        args.rule ??
        (target && availability.get(target.instance, target.did)?.rule?.id);
      return typeof id === 'string' && typeof instance === 'string'
        ? { instance, id, did: target?.did ?? '' }
        : null;
    };

    const explain = async (
      instance: string,
      did: string,
      rules: RulesModel
    ): Promise<void> => {
      const isRefused = availability.entry(instance, did)?.isRefused ?? false;
      const answer = await launch(
        new ReasonDialog(
          {
            did,
            instance,
            availability,
            rules,
            isDownload: instances.get(instance)?.mode === 'download',
            trans
          },
          isRefused
        )
      );
      if (answer.button.accept) {
        await commands.execute(CommandIDs.makeAvailable, { did, instance });
      }
    };

    /** Does it, and says what came of it: in a word, or where it was refused in full. */
    const act = async (
      target: IRuleTarget,
      work: (rules: RulesModel) => Promise<IRule | null>,
      done: (rule: IRule) => string
    ): Promise<void> => {
      const rules = new RulesModel({ api, availability });
      const rule = await work(rules);
      if (rule !== null) {
        Notification.success(done(rule), { autoClose: 5000 });
        rules.dispose();
        return;
      }
      const error = rules.error(target.id);
      if (availability.get(target.instance, target.did)?.rule) {
        await explain(target.instance, target.did, rules);
      } else if (error) {
        Notification.error([error.message, error.hint ?? ''].join(' ').trim());
        rules.dispose();
      }
    };

    commands.addCommand(CommandIDs.explain, {
      label: trans.__('Why Is It Not Available?'),
      describedBy: { args: DID_ARGS_SCHEMA },
      isEnabled: args => didOf(args) !== null,
      execute: async args => {
        const target = didOf(args);
        if (target) {
          await explain(
            target.instance,
            target.did,
            new RulesModel({ api, availability })
          );
        }
      }
    });

    commands.addCommand(CommandIDs.retryRule, {
      label: trans.__('Try Stuck Rule Again'),
      caption: trans.__('Have Rucio try again what has got stuck'),
      describedBy: { args: RULE_ARGS_SCHEMA },
      isEnabled: args => ruleOf(args) !== null,
      execute: async args => {
        const target = ruleOf(args);
        if (target) {
          await act(
            target,
            rules => rules.retry(target.instance, target.id),
            rule => trans.__('Rucio tries again: %1', rule.did)
          );
        }
      }
    });

    commands.addCommand(CommandIDs.extendRule, {
      label: trans.__('Keep Longer…'),
      caption: trans.__('Change until when Rucio keeps the data'),
      describedBy: { args: EXTEND_ARGS_SCHEMA },
      isEnabled: args => ruleOf(args) !== null,
      execute: async args => {
        const target = ruleOf(args);
        const days = target && (await askDays(args.lifetime_days));
        if (target && days !== undefined) {
          await act(
            target,
            rules => rules.extend(target.instance, target.id, days),
            rule =>
              `${rule.did}: ${keptWords(rule.expires_at, Date.now(), trans)}`
          );
        }
      }
    });

    /** Days, null for never, undefined where nothing is to be done. */
    const askDays = async (
      given: unknown
    ): Promise<number | null | undefined> => {
      if (given === null || (typeof given === 'number' && given > 0)) {
        return given;
      }
      const answer = await InputDialog.getNumber({
        title: trans.__('Keep longer'),
        label: trans.__('Days from now until Rucio may remove the data'),
        value: DEFAULT_DAYS,
        okLabel: trans.__('Keep')
      });
      return answer.button.accept && answer.value && answer.value > 0
        ? answer.value
        : undefined;
    };

    commands.addCommand(CommandIDs.endRule, {
      label: trans.__('End Rule…'),
      caption: trans.__(
        'Let Rucio remove the data from where notebooks read it'
      ),
      describedBy: { args: RULE_ARGS_SCHEMA },
      isEnabled: args => ruleOf(args) !== null,
      execute: async args => {
        const target = ruleOf(args);
        if (target && (await isEndMeant(target))) {
          await act(
            target,
            rules => rules.end(target.instance, target.id),
            rule =>
              `${rule.did}: ${keptWords(rule.expires_at, Date.now(), trans)}`
          );
        }
      }
    });

    const isEndMeant = async (target: IRuleTarget): Promise<boolean> => {
      const rule = availability.get(target.instance, target.did)?.rule;
      const about = rule?.via ?? rule?.did ?? target.did;
      const answer = await showDialog({
        title: trans.__('End the rule?'),
        body: trans.__(
          'Rucio may then remove the copy of %1, unless another rule keeps it. Notebooks that read it will not find it any more.',
          about || target.id
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.warnButton({ label: trans.__('End the rule') })
        ]
      });
      return answer.button.accept;
    };

    const ids = [
      CommandIDs.explain,
      CommandIDs.retryRule,
      CommandIDs.extendRule,
      CommandIDs.endRule
    ];
    for (const command of ids) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    explore.selectionChanged.connect(
      () => ids.forEach(id => commands.notifyCommandChanged(id)),
      commands
    );
  }
};
