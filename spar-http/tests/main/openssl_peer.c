/*
 * A TLS server that does what rustls's own does not: it renegotiates, and it speaks what is outdated.
 * Compiled and driven by openssl_peer.rs.
 *
 * Arguments: NAME=VALUE
 *   cert, key, clients   PEM files; clients are the authorities of client certificates
 *   ask                  when to ask for a client certificate: never, first (in the handshake),
 *                        hello (by a HelloRequest after it), head (by one after the request's head),
 *                        again (like hello, and once more after the whole request), twice (like
 *                        hello, by two HelloRequests at once)
 *   upload               a number: takes bodies in chunks and says 100 once it knows the client; of data
 *                        that comes before, it takes so many bytes and then hangs up
 *   ciphers, max         cipher suites of TLS 1.2 and the newest version (1.1)
 *   alpn                 the protocol to choose, offered or not
 *
 * Says on stdout, a line each: `port N`; per connection `open`, `handshake` after each, `head` when
 * the head of a request is there, `executed` when a whole request is there and the client is known,
 * `received N` for the bytes of an upload, and `closed`.
 */

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

static const char *option(int argc, char **argv, const char *name, const char *fallback)
{
    size_t length = strlen(name);
    for (int i = 1; i < argc; i++)
        if (!strncmp(argv[i], name, length) && argv[i][length] == '=')
            return argv[i] + length + 1;
    return fallback;
}

static SSL_CTX *context;
static const char *ask;
static const char *alpn;
static const char *upload;
/* Of the connection; each has a thread. OpenSSL takes the sending of a HelloRequest for one. */
static __thread int handshakes, asking;

static void require_certificate(SSL *ssl)
{
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static int renegotiate(SSL *ssl)
{
    require_certificate(ssl);
    /* Sends the HelloRequest; the rest happens while reading. */
    asking = 1;
    int result = SSL_renegotiate(ssl) == 1 && SSL_do_handshake(ssl) == 1;
    asking = 0;
    return result;
}

static int knows_client(SSL *ssl)
{
    X509 *certificate = SSL_get_peer_certificate(ssl);
    int known = certificate != NULL && SSL_get_verify_result(ssl) == X509_V_OK;
    X509_free(certificate);
    return known;
}

/* Waits for the socket where OpenSSL wants that; 0 if the connection is over. */
static int again(SSL *ssl, int result)
{
    struct pollfd wait = {.fd = SSL_get_fd(ssl)};
    switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
        wait.events = POLLIN;
        break;
    case SSL_ERROR_WANT_WRITE:
        wait.events = POLLOUT;
        break;
    default:
        return 0;
    }
    return poll(&wait, 1, -1) == 1;
}

/* The length of the request that the text begins with, 0 if it is not whole. */
static size_t request_length(const char *text, size_t head, size_t length)
{
    const char *field = strstr(text, "content-length: ");
    size_t whole = head + (field != NULL ? strtoul(field + 16, NULL, 10) : 0);
    return length >= whole ? whole : 0;
}

static int is(const char *when)
{
    return !strcmp(ask, when);
}

static int may_execute(SSL *ssl)
{
    int needed = is("never") || is("first") ? 1 : is("again") ? 3 : 2;
    return handshakes >= needed && (is("never") || knows_client(ssl));
}

static int must_ask_again(int asked)
{
    return is("again") && handshakes == 2 && !asked;
}

static void serve(SSL *ssl)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
                                 "Content-Length: 5\r\n\r\nhello";
    char text[65536];
    size_t length = 0, head = 0, whole = 0;
    int asked = 0;
    int result;
    while ((result = SSL_accept(ssl)) != 1)
        if (!again(ssl, result))
            return;
    if ((is("hello") || is("again") || is("twice")) && !renegotiate(ssl))
        return;
    if (is("twice") && !renegotiate(ssl))
        return;
    for (;;) {
        if (whole != 0 && must_ask_again(asked)) {
            asked = 1;
            if (!renegotiate(ssl))
                return;
        }
        if (whole != 0 && may_execute(ssl)) {
            printf("executed\n");
            while ((result = SSL_write(ssl, answer, sizeof answer - 1)) <= 0)
                if (!again(ssl, result))
                    return;
            length -= whole;
            memmove(text, text + whole, length);
            head = whole = 0;
        }
        if (length + 16 >= sizeof text)
            return;
        /* In small pieces, so that a head is seen before its body. */
        result = SSL_read(ssl, text + length, 16);
        if (result <= 0) {
            /* The client may have sent all before it saw the HelloRequest. */
            if (whole != 0 && (may_execute(ssl) || must_ask_again(asked)))
                continue;
            if (!again(ssl, result))
                return;
            continue;
        }
        length += result;
        text[length] = 0;
        char *end = strstr(text, "\r\n\r\n");
        if (end == NULL)
            continue;
        if (head == 0) {
            head = end + 4 - text;
            printf("head\n");
            if (is("head") && !asked) {
                asked = 1;
                if (!renegotiate(ssl))
                    return;
            }
        }
        whole = request_length(text, head, length);
    }
}

/* Waits until the client is known; 0 if the connection is over or more data came than is taken. */
static int learn_client(SSL *ssl, char *early, size_t *length, size_t most)
{
    while (!may_execute(ssl)) {
        /* Only what the length allows is read; a handshake is done on the way. */
        if (*length >= most)
            return 0;
        int result = SSL_read(ssl, early + *length, (int)(most - *length));
        if (result > 0)
            *length += (size_t)result;
        else if (!may_execute(ssl) && !again(ssl, result))
            return 0;
    }
    return 1;
}

/* One byte of the request after what came early; -1 at its end. */
static int next_byte(SSL *ssl, char *text, size_t *at, size_t *length, size_t size)
{
    if (*at == *length) {
        int result;
        while ((result = SSL_read(ssl, text, (int)size)) <= 0)
            if (!again(ssl, result))
                return -1;
        *at = 0;
        *length = (size_t)result;
    }
    return (unsigned char)text[(*at)++];
}

static int say(SSL *ssl, const char *text)
{
    int result;
    while ((result = SSL_write(ssl, text, (int)strlen(text))) <= 0)
        if (!again(ssl, result))
            return 0;
    return 1;
}

static void serve_upload(SSL *ssl, size_t most)
{
    static __thread char text[65536];
    size_t at = 0, length = 0, ended = 0, received = 0, chunk = 0;
    int result, byte;
    while ((result = SSL_accept(ssl)) != 1)
        if (!again(ssl, result))
            return;
    if (is("hello") && !renegotiate(ssl))
        return;
    while (ended != 4) {
        if ((byte = next_byte(ssl, text, &at, &length, 16)) < 0)
            return;
        ended = byte == (ended % 2 ? '\n' : '\r') ? ended + 1 : 0;
    }
    printf("head\n");
    if (is("head") && !renegotiate(ssl))
        return;
    memmove(text, text + at, length -= at);
    at = 0;
    if (!learn_client(ssl, text, &length, most < sizeof text ? most : sizeof text)
        || !say(ssl, "HTTP/1.1 100 Continue\r\n\r\n"))
        return;
    for (;;) {
        char size[16] = "";
        for (size_t digits = 0; (byte = next_byte(ssl, text, &at, &length, sizeof text)) != '\n';) {
            if (byte < 0 || digits + 1 == sizeof size)
                return;
            size[digits++] = (char)byte;
        }
        chunk = strtoul(size, NULL, 16);
        for (size_t left = chunk + 2; left > 0;) {
            if ((byte = next_byte(ssl, text, &at, &length, sizeof text)) < 0)
                return;
            size_t more = length - at < left - 1 ? length - at : left - 1;
            at += more;
            left -= more + 1;
        }
        received += chunk;
        if (chunk == 0)
            break;
    }
    printf("received %zu\n", received);
    say(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void tell(const SSL *ssl, int where, int result)
{
    (void)ssl, (void)result;
    if ((where & SSL_CB_HANDSHAKE_DONE) && !asking) {
        handshakes++;
        printf("handshake\n");
    }
}

static void *connection(void *argument)
{
    int fd = (int)(long)argument;
    printf("open\n");
    SSL *ssl = SSL_new(context);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    SSL_set_fd(ssl, fd);
    if (upload != NULL)
        serve_upload(ssl, strtoul(upload, NULL, 10));
    else
        serve(ssl);
    /* Sends an alert that may be waiting, and a good-bye. */
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);
    printf("closed\n");
    return NULL;
}

static int choose(SSL *ssl, const unsigned char **out, unsigned char *length,
                  const unsigned char *in, unsigned int in_length, void *argument)
{
    (void)ssl, (void)in, (void)in_length, (void)argument;
    *out = (const unsigned char *)alpn;
    *length = (unsigned char)strlen(alpn);
    return SSL_TLSEXT_ERR_OK;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    ask = option(argc, argv, "ask", "never");
    alpn = option(argc, argv, "alpn", NULL);
    upload = option(argc, argv, "upload", NULL);
    const char *ciphers = option(argc, argv, "ciphers", "ALL:@SECLEVEL=0");
    const char *clients = option(argc, argv, "clients", NULL);

    context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    int is_old = !strcmp(option(argc, argv, "max", ""), "1.1");
    SSL_CTX_set_max_proto_version(context, is_old ? TLS1_1_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_info_callback(context, tell);
    /* Or no certificate would be asked for in the second handshake. */
    SSL_CTX_set_options(context, SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"spar", 4);
    if (alpn != NULL)
        SSL_CTX_set_alpn_select_cb(context, choose, NULL);
    if (clients != NULL && SSL_CTX_load_verify_locations(context, clients, NULL) != 1)
        goto failed;
    if (clients != NULL && !strcmp(ask, "first"))
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    if (SSL_CTX_set_cipher_list(context, ciphers) != 1
        || SSL_CTX_use_certificate_chain_file(context, option(argc, argv, "cert", "")) != 1
        || SSL_CTX_use_PrivateKey_file(context, option(argc, argv, "key", ""), SSL_FILETYPE_PEM) != 1)
        goto failed;

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 64)
        || getsockname(listener, (struct sockaddr *)&address, &size)) {
        perror("listener");
        return 1;
    }
    printf("port %d\n", ntohs(address.sin_port));
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        pthread_t thread;
        if (fd < 0 || pthread_create(&thread, NULL, connection, (void *)(long)fd))
            return 1;
        pthread_detach(thread);
    }

failed:
    ERR_print_errors_fp(stderr);
    return 1;
}
