import type { ApiError } from '../api/errors';
import type {
  AuthType,
  ICredentialsRequest,
  IPolicy,
  IWayIn
} from '../api/types';

/** What can be typed to sign in, in the names of the contract. */
export type SignInField =
  | 'username'
  | 'password'
  | 'certificate'
  | 'key'
  | 'passphrase'
  | 'proxy'
  | 'account';

/** What is in a field now; fields that are not shown are empty. */
export type Typed = (field: SignInField) => string;

/** What a way in asks for, in the order in which it is asked. */
const FIELDS: Record<AuthType, readonly SignInField[]> = {
  userpass: ['username', 'password', 'account'],
  x509: ['certificate', 'key', 'passphrase', 'account'],
  x509_proxy: ['proxy', 'account'],
  oidc: ['account']
};

/** Without these there is nothing to ask Rucio. */
const NEEDED: Record<AuthType, readonly SignInField[]> = {
  userpass: ['username', 'password'],
  x509: ['certificate'],
  x509_proxy: ['proxy'],
  oidc: []
};

/** Blanks at the ends of these are meant. */
const VERBATIM: ReadonlySet<SignInField> = new Set(['password', 'passphrase']);

/** The field that an error is about, by the code of the error. */
const FAULTY_FIELD: Record<string, SignInField> = {
  account_required: 'account',
  certificate_missing: 'certificate',
  certificate_expired: 'certificate',
  certificate_unusable: 'certificate',
  key_missing: 'key',
  key_too_open: 'key',
  key_passphrase: 'passphrase',
  proxy_missing: 'proxy',
  proxy_expired: 'proxy'
};

/** Rucio does not say which part it refuses: this is where one looks first. */
const REFUSED_FIELD: Partial<Record<AuthType, SignInField>> = {
  userpass: 'password',
  x509: 'certificate',
  x509_proxy: 'proxy'
};

const REFUSALS: ReadonlySet<string> = new Set([
  'not_authenticated',
  'credentials_refused',
  'invalid_credentials_format'
]);

/** The fields to show; where the administrator forbids typing, only what is no credential. */
export function fieldsOf(way: IWayIn, policy: IPolicy): readonly SignInField[] {
  return policy.type_credentials ? FIELDS[way.type] : ['account'];
}

/** The first field that is empty and must not be; null where all is there. */
export function missingField(
  way: IWayIn,
  policy: IPolicy,
  typed: Typed
): SignInField | null {
  const shown = fieldsOf(way, policy);
  const isFound = way.is_provided && way.type === 'x509_proxy';
  const needed = isFound ? [] : NEEDED[way.type];
  return (
    needed.find(
      field => shown.includes(field) && valueOf(field, typed) === ''
    ) ?? null
  );
}

/** What to send. What was found on the server goes without saying, so that it may be renewed there. */
export function requestFor(way: IWayIn, typed: Typed): ICredentialsRequest {
  const params: Record<string, string> = {};
  for (const field of FIELDS[way.type]) {
    const value = valueOf(field, typed);
    const isFound = field === 'proxy' && way.is_provided && value === way.where;
    if (value !== '' && !isFound) {
      params[field] = value;
    }
  }
  if (way.type === 'userpass') {
    params.account ??= params.username ?? '';
  }
  return { type: way.type, params };
}

/** The field to look at after an error; null where it is about none. */
export function faultyField(
  error: ApiError,
  type: AuthType
): SignInField | null {
  const field = FAULTY_FIELD[error.code];
  if (field) {
    return FIELDS[type].includes(field) ? field : null;
  }
  return REFUSALS.has(error.code) ? (REFUSED_FIELD[type] ?? null) : null;
}

/** What a form begins with in a field. */
export function fillingOf(way: IWayIn, field: SignInField): string {
  const value = way.params[field] ?? '';
  // It follows the user name, also when another one is typed.
  const isImplied =
    field === 'account' &&
    way.type === 'userpass' &&
    value === way.params.username;
  return isImplied ? '' : value;
}

function valueOf(field: SignInField, typed: Typed): string {
  const value = typed(field);
  return VERBATIM.has(field) ? value : value.trim();
}
