import { cleanQuery, parseDid, pastedDids } from '../../model/did';

describe('what is typed or pasted as an identifier', () => {
  it.each([
    [' demo:dimuon_2021 ', 'demo:dimuon_2021'],
    ['\u00a0demo:dimuon\u200b', 'demo:dimuon'],
    ['"demo:dimuon"', 'demo:dimuon'],
    ["'demo:dimuon',", 'demo:dimuon'],
    ['“demo:dimuon”', 'demo:dimuon'],
    ['`demo:dimuon`', 'demo:dimuon'],
    ['" demo:dimuon "', 'demo:dimuon'],
    ['rucio://demo:dimuon', 'demo:dimuon'],
    ['did:demo:dimuon', 'demo:dimuon'],
    ['"did:demo:dimuon"', 'demo:dimuon']
  ])('finds the identifier in %s', (text, did) => {
    expect(cleanQuery(text)).toBe(did);
  });

  it.each([
    'demo:it\'s "quoted".csv',
    'demo:a,b,',
    'cms:/store/a:b',
    'demo:fit results (final).csv',
    'did:name',
    'demo:',
    '"',
    ''
  ])('leaves %s as it is', text => {
    expect(cleanQuery(text)).toBe(text);
  });

  it('reads scope and name at the first colon', () => {
    expect(parseDid('cms:/store/a:b')).toEqual({
      scope: 'cms',
      name: '/store/a:b'
    });
    expect(parseDid(':name')).toBeNull();
    expect(parseDid('name')).toBeNull();
  });

  it('tells several lines apart', () => {
    expect(pastedDids('demo:a\r\n "demo:b",\n\n')).toEqual([
      'demo:a',
      'demo:b'
    ]);
    expect(pastedDids('demo:fit results (final).csv')).toHaveLength(1);
  });
});
