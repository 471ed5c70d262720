// Searches SPAR by the classes that wsimport makes of the WSDL of 2023.1. See search-java.sh.

import java.io.PrintStream;
import java.lang.reflect.Field;
import java.net.URL;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.ws.soap.SOAPFaultException;
import se.statenspersonadressregister.personsok._2023.PersonsokService;
import se.statenspersonadressregister.personsok._2023.PersonsokService_Service;
import se.statenspersonadressregister.schema.komponent.generellt.typ_1.JaNejTYPE;
import se.statenspersonadressregister.schema.komponent.metadata.identifieringsinformationws_1.IdentifieringsinformationTYPE;
import se.statenspersonadressregister.schema.komponent.metadata.identifieringsinformationws_1.SlutAnvandarUtokadBehorighetTYPE;
import se.statenspersonadressregister.schema.komponent.person.aviseringpost_1.AviseringPostTYPE;
import se.statenspersonadressregister.schema.komponent.sok.personsokningsokparametrar_1.PersonsokningFragaTYPE;
import se.statenspersonadressregister.schema.personsok._2023_1.personsokningfraga.SPARPersonsokningFraga;
import se.statenspersonadressregister.schema.personsok._2023_1.personsokningsvar.SPARPersonsokningSvar;

public class Search {
    private final PersonsokService service;

    Search(String wsdl) throws Exception {
        service = new PersonsokService_Service(new URL(wsdl)).getPersonsokServiceSOAP();
    }

    SPARPersonsokningSvar search(PersonsokningFragaTYPE question) {
        IdentifieringsinformationTYPE who = new IdentifieringsinformationTYPE();
        who.setKundNrLeveransMottagare(500243);
        who.setKundNrSlutkund(500243);
        who.setUppdragId(637);
        who.setSlutAnvandarId("java");
        who.getSlutAnvandarUtokadBehorighet().add(SlutAnvandarUtokadBehorighetTYPE.RELATIONER);
        who.getSlutAnvandarUtokadBehorighet().add(SlutAnvandarUtokadBehorighetTYPE.MEDBORGARSKAP);
        who.getSlutAnvandarUtokadBehorighet().add(SlutAnvandarUtokadBehorighetTYPE.TAXERING);
        SPARPersonsokningFraga request = new SPARPersonsokningFraga();
        request.setIdentifieringsinformation(who);
        request.setPersonsokningFraga(question);
        return service.personSok(request);
    }

    SPARPersonsokningSvar byNumber(String number) {
        PersonsokningFragaTYPE question = new PersonsokningFragaTYPE();
        question.setIdNummer(number);
        return search(question);
    }

    SPARPersonsokningSvar byName(String name, boolean bySound) {
        PersonsokningFragaTYPE question = new PersonsokningFragaTYPE();
        question.setFonetiskSokning(bySound ? JaNejTYPE.JA : null);
        question.setNamnSokArgument(name);
        return search(question);
    }

    /** How many values there are in what was made of an answer. */
    static int fields(Object value) throws Exception {
        if (value == null) {
            return 0;
        }
        if (value instanceof List<?> list) {
            int sum = 0;
            for (Object part : list) {
                sum += fields(part);
            }
            return sum;
        }
        boolean isGroup = value.getClass().getName().startsWith("se.") && !(value instanceof Enum);
        if (!isGroup) {
            return 1;
        }
        int sum = 0;
        for (Field field : value.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            sum += fields(field.get(value));
        }
        return sum;
    }

    public static void main(String[] arguments) throws Exception {
        Search client = new Search(arguments[0]);
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        AviseringPostTYPE post = client.byNumber("197311209931").getPersonsokningSvarspost().get(0);
        out.printf("hit: %s %s, %s, %d relation, %d fields%n",
            post.getNamn().get(0).getFornamn(), post.getNamn().get(0).getEfternamn(),
            post.getFolkbokforing().get(0).getHemvist().value(),
            post.getRelation().size(), fields(post));
        AviseringPostTYPE moved = client.byNumber("198703089832").getPersonsokningSvarspost().get(0);
        out.println("lists: " + moved.getFolkbokforingsadress().stream()
            .map(row -> row.getSvenskAdress().getPostort()).collect(Collectors.joining(" ")));
        out.println("sound: " + client.byName("Mikael Karlsson", true).getPersonsokningSvarspost().size());
        out.println("letters: " + client.byName("åsa öberg*", false).getPersonsokningSvarspost()
            .get(0).getNamn().get(0).getEfternamn());
        out.println("nobody: " + client.byNumber("191212121212").getPersonsokningSvarspost().size());
        var many = client.byName("Testsson", false).getOverstigerMaxAntalSvarsposter();
        out.println("too many: " + many.getAntalPoster() + " of " + many.getMaxAntalSvarsposter());
        out.println("undantag: " + client.byName("a*", false).getUndantag().getKod());
        try {
            client.byNumber("000000000000");
        } catch (SOAPFaultException fault) {
            out.println("fault: " + fault.getFault().getFaultCodeAsQName().getLocalPart());
        }
    }
}
