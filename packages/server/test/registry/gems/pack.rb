# ruby pack.rb SPECIFICATION ROOT OUT: packs an installed gem of the distribution, as its project would have published
# it. What is compiled makes it a gem for this platform.
require "fileutils"
require "rubygems/package"

specification, root, out = ARGV
spec = Gem::Specification.load(specification)
base = File.dirname(specification, 2)
work = File.join(out, "work-#{spec.name}")
FileUtils.mkdir_p(work)
installed = File.join(base, "gems", "#{spec.name}-#{spec.version}")
FileUtils.cp_r(File.join(installed, "."), work) if File.directory?(installed)
unless Dir.exist?(File.join(work, "lib"))
  FileUtils.mkdir_p(File.join(work, "lib"))
  FileUtils.cp_r(Dir[File.join(root, "usr/lib/ruby/vendor_ruby/#{spec.name}{,.rb}")], File.join(work, "lib"))
end
compiled = Dir[File.join(base, "extensions/*/*/#{spec.name}-#{spec.version}")].first
if compiled
  FileUtils.cp_r(File.join(compiled, "."), File.join(work, "lib"))
  FileUtils.rm_f(File.join(work, "lib/gem.build_complete"))
  spec.platform = Gem::Platform.local
end
spec.extensions = []
spec.executables = spec.executables.select { |name| File.file?(File.join(work, spec.bindir, name)) }
spec.files = Dir.chdir(work) { Dir["{lib,bin,exe}/**/*"].select { |file| File.file?(file) }.sort }
spec.extra_rdoc_files = spec.rdoc_options = spec.test_files = []
Dir.chdir(work) { Gem::Package.build(spec, true, false, File.join(out, spec.file_name)) }
FileUtils.rm_r(work)
puts [spec.name, spec.version, spec.platform, spec.file_name, spec.runtime_dependencies.map { |need| "#{need.name}:#{need.requirement.as_list.sort.reverse.join("&")}" }.join(",")].join("\t")
