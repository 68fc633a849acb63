require "bundler"
Bundler.require(:default)
require "sinatra/base"

# `counted` is compiled from C while the app is built; `sums.txt` is written by the release step of the Procfile.
class Sums < Sinatra::Base
  set :host_authorization, { permitted_hosts: [] }

  get "/" do
    content_type :text
    "Sinatra adds up to ten: #{Counted.to(10)}\n"
  end

  get "/kept" do
    content_type :text
    File.read(File.join(ENV.fetch("HOP3_DATA_DIR"), "sums.txt"))
  end

  get "/environment" do
    content_type :text
    "#{ENV.fetch("RACK_ENV")}, development gems: #{Gem.loaded_specs.key?("rack-test")}\n"
  end
end

run Sums
