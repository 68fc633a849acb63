require "mkmf"
have_func("rb_ext_ractor_safe")
create_makefile("counted/counted")
