#include <sodium.h>

extern "C" const char *greeting() { return sodium_init() < 0 ? "broken" : "sodium"; }
