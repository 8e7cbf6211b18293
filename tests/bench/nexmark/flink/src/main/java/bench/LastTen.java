package bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/** Query 6 as a DataStream program over the view `events` (auctions and bids), into the table `averages`. */
final class LastTen {
  /** seller, closing price, when it closed, auction. */
  private static final TypeInformation<Tuple4<Long, Long, Long, Long>> CLOSED =
      TypeInformation.of(new TypeHint<Tuple4<Long, Long, Long, Long>>() {});
  private static final TypeInformation<Tuple2<Long, Long>> PAIR = TypeInformation.of(new TypeHint<Tuple2<Long, Long>>() {});

  static TableResult run(StreamTableEnvironment tables) {
    DataStream<Tuple2<Long, Double>> averages = tables
        .toDataStream(tables.sqlQuery("SELECT auction, seller, price, happened, expires FROM events"))
        .keyBy(event -> (Long) event.getField(AUCTION))
        .process(new Closing(), CLOSED)
        .keyBy(closed -> closed.f0)
        .process(new Average(), TypeInformation.of(new TypeHint<Tuple2<Long, Double>>() {}));
    return tables.fromDataStream(averages).as("seller", "average").executeInsert("averages");
  }

  private static final int AUCTION = 0;
  private static final int SELLER = 1;
  private static final int PRICE = 2;
  private static final int HAPPENED = 3;
  private static final int EXPIRES = 4;

  private static long millis(Row row, int field) {
    return ((Instant) row.getField(field)).toEpochMilli();
  }

  /** The highest bid of an auction, once the watermark says that it is over. */
  private static final class Closing extends KeyedProcessFunction<Long, Row, Tuple4<Long, Long, Long, Long>> {
    private transient ValueState<Tuple4<Long, Long, Long, Long>> auction;  // seller, opens, expires, highest bid or -1
    private transient ListState<Tuple2<Long, Long>> early;                 // time and price of bids before it

    @Override
    public void open(OpenContext context) {
      auction = getRuntimeContext().getState(new ValueStateDescriptor<>("auction", CLOSED));
      early = getRuntimeContext().getListState(new ListStateDescriptor<>("early", PAIR));
    }

    @Override
    public void processElement(Row row, Context context, Collector<Tuple4<Long, Long, Long, Long>> out) throws Exception {
      Tuple4<Long, Long, Long, Long> state = auction.value();
      long happened = millis(row, HAPPENED);
      if (row.getField(SELLER) != null) {
        state = Tuple4.of((Long) row.getField(SELLER), happened, millis(row, EXPIRES), -1L);
        for (Tuple2<Long, Long> bid : early.get()) take(state, bid.f0, bid.f1);
        early.clear();
        auction.update(state);
        context.timerService().registerEventTimeTimer(state.f2);
      } else if (state == null) {
        early.add(Tuple2.of(happened, (Long) row.getField(PRICE)));
      } else if (take(state, happened, (Long) row.getField(PRICE))) {
        auction.update(state);
      }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Tuple4<Long, Long, Long, Long>> out) throws Exception {
      Tuple4<Long, Long, Long, Long> state = auction.value();
      if (state.f3 >= 0) out.collect(Tuple4.of(state.f0, state.f3, state.f2, context.getCurrentKey()));
      auction.clear();
    }

    private static boolean take(Tuple4<Long, Long, Long, Long> state, long time, long price) {
      if (time < state.f1 || time > state.f2 || price <= state.f3) return false;
      state.f3 = price;
      return true;
    }
  }

  /** The average of the ten prices of a seller that closed last. */
  private static final class Average
      extends KeyedProcessFunction<Long, Tuple4<Long, Long, Long, Long>, Tuple2<Long, Double>> {
    private transient ListState<Tuple4<Long, Long, Long, Long>> last;

    @Override
    public void open(OpenContext context) {
      last = getRuntimeContext().getListState(new ListStateDescriptor<>("last", CLOSED));
    }

    @Override
    public void processElement(Tuple4<Long, Long, Long, Long> closed, Context context, Collector<Tuple2<Long, Double>> out)
        throws Exception {
      List<Tuple4<Long, Long, Long, Long>> all = new ArrayList<>();
      for (Tuple4<Long, Long, Long, Long> each : last.get()) all.add(each);
      all.add(closed);
      all.sort(Comparator.<Tuple4<Long, Long, Long, Long>>comparingLong(each -> each.f2).thenComparingLong(each -> each.f3));
      if (all.size() > 10) all.remove(0);
      last.update(all);
      double sum = 0;
      for (Tuple4<Long, Long, Long, Long> each : all) sum += each.f1;
      out.collect(Tuple2.of(context.getCurrentKey(), sum / all.size()));
    }
  }
}
