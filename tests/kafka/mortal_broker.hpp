#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace millrace::kafka {

// A broker of its own, which a test may kill.
class MortalBroker {
 public:
  // Clients that have asked it once are told to go to `advertised_port`; 0: to its own.
  explicit MortalBroker(int advertised_port = 0)
      : advertised_port_(advertised_port),
        folder_(std::filesystem::temp_directory_path() / "millrace-mortal-XXXXXX") {
    auto name = folder_.string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    run("start");
    std::ifstream(folder_ / "bootstrap") >> address;
  }
  ~MortalBroker() {
    if (std::system(command("stop").c_str()) != 0) std::filesystem::remove_all(folder_);
  }
  MortalBroker(const MortalBroker&) = delete;
  MortalBroker& operator=(const MortalBroker&) = delete;

  void kill() { run("kill"); }
  void revive() { run("start", address.substr(address.find(':') + 1)); }

  std::string address;

 private:
  std::string command(const std::string& verb, const std::string& argument = "") const {
    const auto advertised = advertised_port_ == 0
                                ? ""
                                : "KAFKA_ADVERTISED_PORT=" + std::to_string(advertised_port_) + " ";
    return advertised + std::string(MILLRACE_BROKER_SCRIPT) + " " + verb + " " + folder_.string() +
           " " + argument + " >/dev/null";
  }
  void run(const std::string& verb, const std::string& argument = "") const {
    if (std::system(command(verb, argument).c_str()) != 0)
      throw std::runtime_error("broker.sh " + verb + " failed");
  }

  int advertised_port_;
  std::filesystem::path folder_;
};

}  // namespace millrace::kafka
