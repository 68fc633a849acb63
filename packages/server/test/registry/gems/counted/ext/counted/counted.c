#include <ruby.h>
static VALUE count_to(VALUE self, VALUE limit) {
  long sum = 0;
  for (long i = 1; i <= NUM2LONG(limit); i++) sum += i;
  return LONG2NUM(sum);
}
void Init_counted(void) {
  VALUE module = rb_define_module("Counted");
  rb_define_singleton_method(module, "to", count_to, 1);
}
