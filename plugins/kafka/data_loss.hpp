#pragma once
#include <string>

#include "millrace/context.hpp"

namespace millrace::kafka {

/// What happens when records that should be read are not there any more: `fail_on_data_loss`.
class DataLoss {
 public:
  DataLoss(bool fails, Context context) : fails_(fails), context_(context) {}

  /// Throws, or warns and returns: then the source goes on without them.
  void report(const std::string& what) const {
    if (!fails_) return context_.warn(what + "; reading goes on because fail_on_data_loss = false");
    throw Error(Blame::external, Retry::never,
                what +
                    "; records may be lost. To go on without them, set fail_on_data_loss = false; "
                    "to begin anew, use a new checkpoint")
        .about("fail_on_data_loss");
  }

 private:
  bool fails_;
  Context context_;
};

}  // namespace millrace::kafka
