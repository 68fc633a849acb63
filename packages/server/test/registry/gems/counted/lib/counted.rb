require "counted/counted"
