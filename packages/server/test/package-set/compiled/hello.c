#include <stdio.h>
#include <zlib.h>
int main(){printf("hi %s\n", zlibVersion());}
