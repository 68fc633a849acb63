// Answers one request after the other with what its libraries say.
#include <arpa/inet.h>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <zlib.h>
extern "C" const char *greeting();
int main() {
  int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(atoi(getenv("PORT")));
  inet_pton(AF_INET, getenv("BIND_ADDRESS"), &address.sin_addr);
  if (bind(server, (sockaddr *)&address, sizeof address) || listen(server, 16)) return 1;
  std::string body = std::string(greeting()) + " and zlib " + (zlibVersion()[0] == '1' ? "1" : "?");
  std::string answer = "HTTP/1.0 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  for (;;) {
    int client = accept(server, nullptr, nullptr);
    char request[4096];
    if (read(client, request, sizeof request) > 0) write(client, answer.data(), answer.size());
    close(client);
  }
}
