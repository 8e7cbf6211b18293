#include "core/observe/http_server.hpp"

#include <mutex>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "tests/unit/observe/http_client.hpp"

namespace millrace::observe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  std::vector<std::pair<std::string, int>> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  std::mutex mutex_;
  std::vector<std::pair<std::string, int>> requests_;
  HttpServer server_{
      {"127.0.0.1", 0},
      "--http",
      {{"/hello", "hello",
        [](std::string_view query) {
          return HttpResponse{200, "text/plain", "hello " + std::string(query)};
        }},
       {"/busy", "busy",
        [](std::string_view) {
          return HttpResponse{503, "text/plain", "later"};
        }},
       {"/broken", "broken",
        [](std::string_view) -> HttpResponse { throw std::runtime_error("it broke"); }}},
      [this](std::string_view handler, int status) {
        const std::lock_guard lock(mutex_);
        requests_.emplace_back(handler, status);
      }};
};

TEST_F(HttpServerTest, ServesOnThePortThatItReports) {
  EXPECT_NE(server_.port(), 0);
  EXPECT_EQ(server_.url(), "http://127.0.0.1:" + std::to_string(server_.port()));
  const std::string answer = get(server_.port(), "/hello?a=1");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_EQ(body_of(answer), "hello a=1");
  EXPECT_THAT(requests(), ElementsAre(Pair("hello", 200)));
}

TEST_F(HttpServerTest, UnknownPathListsThePaths) {
  const std::string answer = get(server_.port(), "/nothing");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 "));
  EXPECT_EQ(body_of(answer), "Nothing here. There is:\n  /hello\n  /busy\n  /broken\n");
  EXPECT_THAT(requests(), ElementsAre(Pair("other", 404)));
}

TEST_F(HttpServerTest, StatusOfTheHandlerIsSent) {
  EXPECT_THAT(get(server_.port(), "/busy"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(HttpServerTest, HeadHasNoBody) {
  const std::string answer = get(server_.port(), "/hello", "HEAD");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(HttpServerTest, OtherMethodsAreRefused) {
  EXPECT_THAT(get(server_.port(), "/hello", "DELETE"), StartsWith("HTTP/1.1 405 "));
}

TEST_F(HttpServerTest, AFailingHandlerIsAnAnswerToo) {
  const std::string answer = get(server_.port(), "/broken");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(body_of(answer), "it broke\n");
  EXPECT_THAT(get(server_.port(), "/hello"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ARequestThatIsTooLargeIsRefused) {
  const std::string answer = get(server_.port(), "/hello?" + std::string(40'000, 'x'));
  EXPECT_THAT(answer, Not(HasSubstr("200 OK")));
  EXPECT_THAT(get(server_.port(), "/hello"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, NonsenseIsRefused) {
  EXPECT_THAT(send_and_receive(server_.port(), "\x16\x03\x01 nonsense\r\n\r\n"),
              Not(HasSubstr("200 OK")));
  EXPECT_THAT(get(server_.port(), "/hello"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, TakenPortSaysWhichOptionToChange) {
  try {
    const HttpServer second({"127.0.0.1", server_.port()}, "--http", {}, nullptr);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::user);
    EXPECT_THAT(error.what(),
                HasSubstr("--http: cannot bind to 127.0.0.1:" + std::to_string(server_.port())));
    EXPECT_THAT(error.what(), HasSubstr("choose another port with --http"));
  }
}

TEST(HttpAddress, IsParsed) {
  const auto parsed = [](std::string_view text) {
    const auto address = parse_http_address(text, "--http").value();
    return address.host + "|" + std::to_string(address.port);
  };
  EXPECT_EQ(parsed("127.0.0.1:9464"), "127.0.0.1|9464");
  EXPECT_EQ(parsed("localhost:0"), "127.0.0.1|0");
  EXPECT_EQ(parsed(":80"), "0.0.0.0|80");
  EXPECT_FALSE(parse_http_address("off", "--http").has_value());
}

TEST(HttpAddress, MistakesNameTheOptionAndTheWay) {
  for (const char* text : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:port", "127.0.0.1:70000",
                           "[::1]:80", "example.org:80", "127.0.0.1:-1"}) {
    try {
      parse_http_address(text, "--http");
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::user);
      EXPECT_THAT(error.what(), StartsWith("--http: `" + std::string(text) + "` has "));
      EXPECT_THAT(error.what(), HasSubstr("127.0.0.1:9464"));
    }
  }
}

}  // namespace
}  // namespace millrace::observe
