// Searches SPAR by a client that the package `soap` makes of the WSDL.
//
// node search.js WSDL FOLDER, where WSDL is a file and FOLDER holds client.p12 and ca.pem.

const fs = require('fs');
const soap = require('soap');

const [, , wsdl, folder] = process.argv;
const version = /\d{4}\.\d/.exec(wsdl)[0];
const component = 'http://statenspersonadressregister.se/schema/komponent/';
// The package does not find the namespaces of arguments: they are named with a prefix here.
const attributes = {
  'xmlns:p': `${component}person/person-${version === '2021.1' ? '1.2' : '1.3'}`,
  'xmlns:a': `${component}sok/sokargument-${version === '2021.1' ? '1.2' : '1.3'}`,
};
const fields = (value) =>
  value !== null && typeof value === 'object'
    ? Object.entries(value).filter(([name]) => name !== 'attributes')
      .reduce((sum, [, part]) => sum + fields(part), 0)
    : 1;
const list = (value) => (value === undefined ? [] : [].concat(value));

async function main() {
  const client = await soap.createClientAsync(wsdl);
  const [identity, ca] = ['client.p12', 'ca.pem'].map((name) => fs.readFileSync(`${folder}/${name}`));
  client.setSecurity(new soap.ClientSSLSecurityPFX(identity, 'simulator', { ca }));
  const search = async (question) => {
    const [answer] = await client.PersonSokAsync({
      Identifieringsinformation: {
        KundNrLeveransMottagare: 500243,
        KundNrSlutkund: 500243,
        UppdragId: 637,
        SlutAnvandarId: 'javascript',
        SlutAnvandarUtokadBehorighet: ['Relationer', 'Medborgarskap', 'Taxering'],
      },
      PersonsokningFraga: { attributes, ...question },
    });
    return answer;
  };
  const byNumber = (number) => search({ 'p:IdNummer': number });
  const byName = (name) => search({ 'a:NamnSokArgument': name });

  const [post] = list((await byNumber('197311209931')).PersonsokningSvarspost);
  const [namn] = list(post.Namn);
  const [{ Hemvist: hemvist }] = list(post.Folkbokforing);
  const relations = list(post.Relation).length;
  console.log(`hit: ${namn.Fornamn} ${namn.Efternamn}, ${hemvist}, ${relations} relation, ${fields(post)} fields`);
  const [moved] = list((await byNumber('198703089832')).PersonsokningSvarspost);
  const towns = list(moved.Folkbokforingsadress).map((row) => row.SvenskAdress.Postort);
  console.log(`lists: ${towns.join(' ')}`);
  const alike = await search({ 'a:FonetiskSokning': 'JA', 'a:NamnSokArgument': 'Mikael Karlsson' });
  console.log(`sound: ${list(alike.PersonsokningSvarspost).length}`);
  const [letters] = list((await byName('åsa öberg*')).PersonsokningSvarspost);
  console.log(`letters: ${list(letters.Namn)[0].Efternamn}`);
  console.log(`nobody: ${list((await byNumber('191212121212')).PersonsokningSvarspost).length}`);
  const many = (await byName('Testsson')).OverstigerMaxAntalSvarsposter;
  console.log(`too many: ${many.AntalPoster} of ${many.MaxAntalSvarsposter}`);
  console.log(`undantag: ${(await byName('a*')).Undantag.Kod}`);
  try {
    await byNumber('000000000000');
  } catch (error) {
    const code = error.root.Envelope.Body.Fault.faultcode;
    console.log(`fault: ${String(code.$value ?? code).split(':').pop()}`);
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
