import type { IPolicy } from '../../api/types';
import {
  faultyField,
  fillingOf,
  missingField,
  requestFor,
  type SignInField
} from '../../model/signInRequest';
import { fault, way } from '../scripted';

describe('what is sent to sign in', () => {
  const open: IPolicy = {
    type_credentials: true,
    store_credentials: true,
    pick_files: true
  };
  const typed =
    (values: Partial<Record<SignInField, string>>) => (field: SignInField) =>
      values[field] ?? '';

  it('keeps a password as it is, and takes the user name for the account', () => {
    expect(
      requestFor(
        way('userpass'),
        typed({ username: ' alice ', password: ' wonder%land ' })
      )
    ).toEqual({
      type: 'userpass',
      params: { username: 'alice', password: ' wonder%land ', account: 'alice' }
    });
  });

  it('leaves out what is empty: a key in the certificate file, no passphrase, the only account', () => {
    expect(
      requestFor(way('x509'), typed({ certificate: '/home/alice/both.pem' }))
    ).toEqual({
      type: 'x509',
      params: { certificate: '/home/alice/both.pem' }
    });
  });

  it('does not pin the proxy that was found, so that a renewed one is found too', () => {
    const found = way('x509_proxy', {
      is_provided: true,
      where: '/tmp/x509up_u1000',
      params: { proxy: '/tmp/x509up_u1000' }
    });
    expect(
      requestFor(found, typed({ proxy: '/tmp/x509up_u1000' })).params
    ).toEqual({});
    expect(requestFor(found, typed({ proxy: '/tmp/mine' })).params).toEqual({
      proxy: '/tmp/mine'
    });
    expect(missingField(found, open, typed({}))).toBeNull();
    expect(missingField(way('x509_proxy'), open, typed({}))).toBe('proxy');
  });

  it('asks for nothing where a token is provided', () => {
    expect(missingField(way('oidc'), open, typed({}))).toBeNull();
    expect(requestFor(way('oidc'), typed({}))).toEqual({
      type: 'oidc',
      params: {}
    });
  });

  it('asks for no files where the administrator forbids typing', () => {
    const found = way('x509', { is_provided: true });
    const closed = { ...open, type_credentials: false };
    expect(missingField(found, closed, typed({}))).toBeNull();
    expect(missingField(found, open, typed({}))).toBe('certificate');
  });

  it('leads to the field that is wrong, as far as can be told', () => {
    expect(faultyField(fault('key_too_open'), 'x509')).toBe('key');
    expect(faultyField(fault('key_passphrase'), 'x509')).toBe('passphrase');
    expect(faultyField(fault('account_required'), 'userpass')).toBe('account');
    expect(faultyField(fault('not_authenticated'), 'userpass')).toBe(
      'password'
    );
    expect(faultyField(fault('not_authenticated'), 'oidc')).toBeNull();
    expect(faultyField(fault('rucio_unreachable'), 'userpass')).toBeNull();
  });

  it('begins with an account only where it is another one than the user name', () => {
    const known = (account: string) =>
      fillingOf(
        way('userpass', { params: { username: 'alice', account } }),
        'account'
      );
    expect(known('alice')).toBe('');
    expect(known('higgs')).toBe('higgs');
  });
});
