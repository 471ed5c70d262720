#!/bin/sh
# Makes classes of the WSDL with wsimport (JAX-WS), compiles Search.java with them and searches.
#
# sh search-java.sh WSDL FOLDER, where WSDL is that of 2023.1 and FOLDER holds client.p12 and ca.pem.
set -eu
wsdl=$1
folder=$2
sources=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src" "$work/classes"
libraries=$(echo /usr/share/java/*.jar | tr ' ' ':')
wsimport -quiet -Xnocompile -keep -s "$work/src" -d "$work/classes" "$wsdl" 2>/dev/null
find "$work/src" -name '*.java' > "$work/files"
javac -encoding UTF-8 -nowarn -proc:none -cp "$libraries" -d "$work/classes" \
    @"$work/files" "$sources/Search.java"
# Java takes roots from a store only.
keytool -importcert -noprompt -alias ca -file "$folder/ca.pem" -storetype PKCS12 \
    -keystore "$work/roots.p12" -storepass simulator 2>/dev/null
java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 \
    -Djavax.net.ssl.keyStore="$folder/client.p12" -Djavax.net.ssl.keyStorePassword=simulator \
    -Djavax.net.ssl.trustStore="$work/roots.p12" -Djavax.net.ssl.trustStorePassword=simulator \
    -cp "$work/classes:$libraries" Search "file:$wsdl"
