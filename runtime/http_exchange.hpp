// One plain HTTP request of our own and its answer, on the main thread's io_context.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "parser/result.hpp"
#include "runtime/http_answer.hpp"

namespace shunt::runtime {

struct HttpRequest {
  std::string host;  // a name, which is looked up, or an IP address
  std::uint16_t port = 80;
  std::string bytes;  // head and body
};

struct HttpFault {
  std::string message;
};

class HttpExchange {
 public:
  using Then = std::function<void(Result<HttpAnswer, HttpFault>)>;  // of any status; called once, from io

  // `limit`: of all of it. All addresses that the host has are tried.
  HttpExchange(boost::asio::io_context& io, HttpRequest request, std::chrono::milliseconds limit, Then then);
  ~HttpExchange();  // `then` is not called any more
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

 private:
  class Steps;
  std::shared_ptr<Steps> steps_;
};

}  // namespace shunt::runtime
