use strict;
use warnings;
use IO::Socket::INET;
use Hop3::Greeting qw(greeting);

my $server = IO::Socket::INET->new(
    LocalAddr => $ENV{BIND_ADDRESS},
    LocalPort => $ENV{PORT},
    Listen    => 64,
    ReuseAddr => 1,
) or die "cannot listen: $!";

$SIG{TERM} = sub { exit 0 };

while ( my $client = $server->accept ) {
    while ( my $line = <$client> ) { last if $line =~ /^\r?\n$/ }
    my $body = greeting( $ENV{HOP3_APP} );
    print $client "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
        "Content-Length: ", length($body), "\r\nConnection: close\r\n\r\n", $body;
    close $client;
}
