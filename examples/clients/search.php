<?php
// Searches SPAR by the client that PHP makes of the WSDL.
//
// php search.php WSDL FOLDER, where FOLDER holds client.pem and ca.pem.

[, $wsdl, $folder] = $argv;
$client = new SoapClient($wsdl, [
    'local_cert' => "$folder/client.pem",
    'stream_context' => stream_context_create(['ssl' => [
        'local_cert' => "$folder/client.pem",
        'cafile' => "$folder/ca.pem",
    ]]),
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'cache_wsdl' => WSDL_CACHE_NONE,
]);

function search(array $arguments): object
{
    global $client;
    return $client->PersonSok([
        'Identifieringsinformation' => [
            'KundNrLeveransMottagare' => 500243,
            'KundNrSlutkund' => 500243,
            'UppdragId' => 637,
            'SlutAnvandarId' => 'php',
            'SlutAnvandarUtokadBehorighet' => ['Relationer', 'Medborgarskap', 'Taxering'],
        ],
        'PersonsokningFraga' => $arguments,
    ]);
}

function fields(mixed $value): int
{
    return is_scalar($value) ? 1 : array_sum(array_map('fields', (array) $value));
}

$post = search(['IdNummer' => '197311209931'])->PersonsokningSvarspost[0];
printf(
    "hit: %s %s, %s, %d relation, %d fields\n",
    $post->Namn[0]->Fornamn,
    $post->Namn[0]->Efternamn,
    $post->Folkbokforing[0]->Hemvist,
    count($post->Relation),
    fields($post),
);
$moved = search(['IdNummer' => '198703089832'])->PersonsokningSvarspost[0];
$towns = array_map(fn($row) => $row->SvenskAdress->Postort, $moved->Folkbokforingsadress);
echo 'lists: ', implode(' ', $towns), "\n";
$alike = search(['FonetiskSokning' => 'JA', 'NamnSokArgument' => 'Mikael Karlsson']);
echo 'sound: ', count($alike->PersonsokningSvarspost), "\n";
$letters = search(['NamnSokArgument' => 'åsa öberg*'])->PersonsokningSvarspost[0];
echo 'letters: ', $letters->Namn[0]->Efternamn, "\n";
$nobody = search(['IdNummer' => '191212121212']);
echo 'nobody: ', count($nobody->PersonsokningSvarspost ?? []), "\n";
$many = search(['NamnSokArgument' => 'Testsson'])->OverstigerMaxAntalSvarsposter;
echo "too many: $many->AntalPoster of $many->MaxAntalSvarsposter\n";
echo 'undantag: ', search(['NamnSokArgument' => 'a*'])->Undantag->Kod, "\n";
try {
    search(['IdNummer' => '000000000000']);
} catch (SoapFault $fault) {
    echo 'fault: ', preg_replace('/.*:/', '', $fault->faultcode), "\n";
}
