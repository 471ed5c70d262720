# Searches SPAR with SOAP::Lite, which is told the names and reads the address in the WSDL only.
#
# perl search.pl WSDL FOLDER, where WSDL is a file and FOLDER holds client.crt, client.key and ca.pem.

use strict;
use utf8;
use warnings;
use SOAP::Lite;

binmode STDOUT, ':encoding(UTF-8)';
my ($wsdl, $folder) = @ARGV;
open my $file, '<', $wsdl or die "$wsdl: $!";
my $text = do { local $/; <$file> };
my ($url) = $text =~ /soap:address location="([^"]+)"/;
my ($action) = $text =~ /soapAction="([^"]+)"/;
my ($version) = $action =~ m{/personsok/([0-9.]+)/};
my $is_newer = $version ne '2021.1';

my $schema = 'http://statenspersonadressregister.se/schema';
my %namespaces = (
    'xmlns:f' => "$schema/personsok/$version/personsokningfraga",
    'xmlns:i' => "$schema/komponent/metadata/identifieringsinformationWs-1.1",
    'xmlns:q' => "$schema/komponent/sok/personsokningsokparametrar-" . ($is_newer ? '1.2' : '1.1'),
    'xmlns:p' => "$schema/komponent/person/person-" . ($is_newer ? '1.3' : '1.2'),
    'xmlns:a' => "$schema/komponent/sok/sokargument-" . ($is_newer ? '1.3' : '1.2'),
);
my $client = SOAP::Lite->proxy($url, ssl_opts => {
    SSL_cert_file => "$folder/client.crt",
    SSL_key_file  => "$folder/client.key",
    SSL_ca_file   => "$folder/ca.pem",
});
$client->on_action(sub { qq("$action") });
$client->on_fault(sub { $_[1] });
$client->autotype(0);

sub element { SOAP::Data->name($_[0])->type('')->value($_[1]) }
sub group { my $name = shift; SOAP::Data->name($name => \SOAP::Data->value(@_)) }

sub search {
    my @arguments = @_;
    my @questions;
    while (my ($name, $value) = splice @arguments, 0, 2) { push @questions, element($name, $value) }
    $client->call(
        SOAP::Data->name('f:SPARPersonsokningFraga')->attr(\%namespaces),
        group('i:Identifieringsinformation',
            element('i:KundNrLeveransMottagare', 500243),
            element('i:KundNrSlutkund', 500243),
            element('i:UppdragId', 637),
            element('i:SlutAnvandarId', 'perl'),
            map { element('i:SlutAnvandarUtokadBehorighet', $_) } qw(Relationer Medborgarskap Taxering)),
        group('q:PersonsokningFraga', @questions));
}

# A node of an answer is its name, its attributes, and a text or a list of nodes.
sub fields { my ($node) = @_; ref $node->[2] ? (eval { my $sum = 0; $sum += fields($_) for @{$node->[2]}; $sum }) : 1 }

my $hit = search('p:IdNummer', '197311209931');
my $post = '//PersonsokningSvarspost';
my @nodes = $hit->match($post)->dataof->{_name} ? @{$hit->{_current}} : ();
printf "hit: %s %s, %s, %d relation, %d fields\n",
    $hit->valueof("$post/Namn/Fornamn"), $hit->valueof("$post/Namn/Efternamn"),
    $hit->valueof("$post/Folkbokforing/Hemvist"),
    scalar(my @relations = $hit->valueof("$post/Relation")), fields($nodes[0]);
my $moved = search('p:IdNummer', '198703089832');
print 'lists: ', join(' ', $moved->valueof("$post/Folkbokforingsadress/SvenskAdress/Postort")), "\n";
my @alike = search('a:FonetiskSokning', 'JA', 'a:NamnSokArgument', 'Mikael Karlsson')->valueof($post);
print 'sound: ', scalar(@alike), "\n";
print 'letters: ', search('a:NamnSokArgument', 'åsa öberg*')->valueof("$post/Namn/Efternamn"), "\n";
my @nobody = search('p:IdNummer', '191212121212')->valueof($post);
print 'nobody: ', scalar(@nobody), "\n";
my $many = search('a:NamnSokArgument', 'Testsson');
print 'too many: ', $many->valueof('//AntalPoster'), ' of ', $many->valueof('//MaxAntalSvarsposter'), "\n";
print 'undantag: ', search('a:NamnSokArgument', 'a*')->valueof('//Undantag/Kod'), "\n";
my ($code) = search('p:IdNummer', '000000000000')->faultcode =~ /([^:]+)$/;
print "fault: $code\n";
