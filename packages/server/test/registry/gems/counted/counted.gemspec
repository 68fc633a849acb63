Gem::Specification.new do |spec|
  spec.name = "counted"
  spec.version = "1.2.0"
  spec.summary = "Adds numbers up, in C"
  spec.authors = ["Hop3"]
  spec.license = "Apache-2.0"
  spec.homepage = "https://example.org"
  spec.files = ["ext/counted/counted.c", "ext/counted/extconf.rb", "lib/counted.rb"]
  spec.extensions = ["ext/counted/extconf.rb"]
end
