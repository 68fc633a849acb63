extern "C" const char *greeting() { return "a library of its own"; }
