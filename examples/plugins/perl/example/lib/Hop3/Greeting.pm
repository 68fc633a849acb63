package Hop3::Greeting;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(greeting);

sub greeting {
    my ($name) = @_;
    return "Hello from Perl, $name\n";
}

1;
